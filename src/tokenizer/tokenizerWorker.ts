/** Entry point of the worker thread that reads a tokenizer for the editor. Started by loadTokenizer only. */

import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { isUserError } from "../base/userError.ts";
import { parseTokenizerFile } from "./tokenizerFile.ts";
import { tokenizerWorkerDataSchema, type TokenizerReply } from "./tokenizerMessages.ts";
import { buffersOf, tokenizerTables } from "./tokenizerTables.ts";

assert(parentPort !== null, "this file is the entry point of a worker thread");
const { tokenizerPath } = tokenizerWorkerDataSchema().parse(workerData);

try {
	const tables = tokenizerTables(parseTokenizerFile(await readFile(tokenizerPath, "utf8")));
	const reply: TokenizerReply = { kind: "tables", tables };
	parentPort.postMessage(reply, buffersOf(tables));
} catch (error) {
	if (!isUserError(error)) {
		throw error;
	}
	const reply: TokenizerReply = { kind: "refused", sentence: error.message };
	parentPort.postMessage(reply);
}
