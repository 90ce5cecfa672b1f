/** Entry point of the worker thread that looks for next edits. Started by SearchClient only. */

import { parentPort } from "node:worker_threads";
import { assert } from "../../base/assert.ts";
import { serveThread } from "../../base/process/workerThread.ts";
import { SearchServer } from "./searchServer.ts";

assert(parentPort !== null, "this file is the entry point of a worker thread");
const port = parentPort;
const server = new SearchServer();

serveThread(port, (message) => {
	const reply = server.receive(message);
	if (reply !== undefined) {
		port.postMessage(reply);
	}
});
