/** Entry point of a forked process whose engine counts; see the contract tests. */

import { processHost } from "../../src/engineProcess/processHost.ts";
import { runEngineProcess } from "../../src/engineProcess/runEngineProcess.ts";
import { countingModel } from "./countingModel.ts";
import { fakeEngine } from "./fakeEngine.ts";

runEngineProcess(processHost(), () =>
	Promise.resolve({
		engine: fakeEngine(countingModel).engine,
		modelName: "counter",
		backendName: "fake",
	}),
);
