import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { utf8Files } from "../src/context/files/encodings.ts";
import {
	RepositoryClient,
	startRepositoryWorker,
} from "../src/context/repository/repositoryClient.ts";

/** A folder as the editor opens it: with the bundles in `dist`, in a worker thread with the limits that it has there. */
export async function repositoryInWorker(
	root: string,
	storageFolder: string,
	dist: string,
): Promise<RepositoryClient> {
	await mkdir(storageFolder, { recursive: true });
	const worker = startRepositoryWorker(join(dist, "repositoryWorker.js"), {
		root,
		storageFolder,
		runtime: join(dist, "grammars/web-tree-sitter.wasm"),
		grammarFolder: join(dist, "grammars"),
		queryFolder: join(dist, "../syntaxes"),
		tagProcess: join(dist, "tagProcess.js"),
		tokenizerPath: join(dist, "../models/mote-nano/tokenizer.json"),
		exclude: [],
		encodings: utf8Files,
	});
	const write = (message: string): void => void process.stderr.write(`${message}\n`);
	const logger = { debug: write, info: write, warn: write, error: write };
	return new RepositoryClient({ worker, logger, onProgress: () => undefined, onGone: write });
}
