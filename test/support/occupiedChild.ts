/** Entry point of a forked process that has lent a thread of Node's pool to work without an end, as a pass in a driver that hangs. */

import { pbkdf2 } from "node:crypto";
import { processHost } from "../../src/engineProcess/processHost.ts";
import { runEngineProcess } from "../../src/engineProcess/runEngineProcess.ts";
import { fakeEngine } from "./fakeEngine.ts";

/** The most that it takes: half an hour. */
const iterations = 2 ** 31 - 1;
pbkdf2("password", "salt", iterations, 64, "sha512", () => undefined);

runEngineProcess(processHost(), () =>
	Promise.resolve({ engine: fakeEngine().engine, modelName: "occupied", backendName: "fake" }),
);
