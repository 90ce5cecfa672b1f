/** Entry point of the worker thread that reads a repository for the editor. Started by RepositoryClient only. */

import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { nullLogger, type Logger } from "../base/log.ts";
import { serveThread } from "../base/process/workerThread.ts";
import { createTokenizer } from "../tokenizer/bpeTokenizer.ts";
import { createContextEngine } from "./contextEngine.ts";
import { openRepositoryIndex } from "./index/openRepositoryIndex.ts";
import { LatestHistory } from "./sources/fileHistory.ts";
import { readGitHistory } from "./sources/gitHistory.ts";
import {
	repositoryWorkerDataSchema,
	type RepositoryReply,
} from "./repository/repositoryProtocol.ts";
import { RepositoryServer } from "./repository/repositoryServer.ts";
import { tokenCounts } from "./tokenCounts.ts";

assert(parentPort !== null, "this file is the entry point of a worker thread");
const port = parentPort;
const reply = (message: RepositoryReply): void => port.postMessage(message);
const logger: Logger = {
	...nullLogger,
	debug: (message) => reply({ kind: "note", message }),
	warn: (message) => reply({ kind: "warning", message }),
};
const data = repositoryWorkerDataSchema().parse(workerData);

const server = open();
// Where opening fails the thread ends with that error, and the client hears of it.
serveThread(
	port,
	(message) => void server.then((opened) => opened.receive(message)),
	() => void server.then((opened) => opened.end()),
);

async function open(): Promise<RepositoryServer> {
	const tokenizer = createTokenizer(await readFile(data.tokenizerPath, "utf8"));
	const index = await openRepositoryIndex({
		root: data.root,
		storageFolder: data.storageFolder,
		grammarFiles: { runtime: data.runtime, folder: data.grammarFolder },
		queryFolder: data.queryFolder,
		exclude: data.exclude,
		encodings: data.encodings,
		tagProcess: data.tagProcess,
		logger,
	});
	const history = new LatestHistory();
	const context = createContextEngine({
		index,
		history: Promise.resolve(history),
		...tokenCounts(tokenizer),
	});
	return new RepositoryServer({
		index,
		context,
		tokenizer,
		readHistory: async (signal) => {
			history.latest = await readGitHistory(data.root, logger, signal);
		},
		reply,
	});
}
