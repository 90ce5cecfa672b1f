/** Entry point of the worker thread that parses for the editor. Started by SyntaxClient only. */

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { systemClock } from "../base/clock.ts";
import { nullLogger, type Logger } from "../base/log.ts";
import { serveThread } from "../base/process/workerThread.ts";
import { LocalSyntax } from "./syntax/localSyntax.ts";
import { syntaxWorkerDataSchema, type SyntaxReply } from "./syntax/syntaxProtocol.ts";
import { answerSyntaxRequest } from "./syntax/syntaxServer.ts";

assert(parentPort !== null, "this file is the entry point of a worker thread");
const port = parentPort;
const reply = (message: SyntaxReply): void => port.postMessage(message);
const logger: Logger = {
	...nullLogger,
	warn: (message) => reply({ kind: "warning", message }),
};
const { progress, ...files } = syntaxWorkerDataSchema().parse(workerData);
const progressed = new Int32Array(progress);
const didProgress = (): void => void Atomics.add(progressed, 0, 1);
const syntax = new LocalSyntax(files, { clock: systemClock, logger, didProgress });
didProgress();

serveThread(port, (message) => {
	didProgress();
	void answerSyntaxRequest(syntax, message).then(reply);
});
