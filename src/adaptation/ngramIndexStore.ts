import { open, rename, rm } from "node:fs/promises";
import { deleteAbandoned, temporaryBeside } from "../base/temporaryFile.ts";
import {
	openNgramIndex,
	serializeNgramIndex,
	type OpenNgramIndexOptions,
	type OpenNgramIndexResult,
} from "./ngramIndexFile.ts";
import type { NgramIndex } from "./ngramIndex.ts";

export type LoadNgramIndexResult =
	| OpenNgramIndexResult
	/** There is no such file, or it can't be read. */
	| { readonly kind: "unreadable"; readonly problem: string };

/**
 * A saved index takes less than one in memory does at its peak; a file of more than this many times the
 * memory allowed was not written by an index with the same bound, and isn't read.
 */
const maxFileShare = 2;

/**
 * Writes the index to `path`, whole or not at all: a file that is there stays as it is until the new one is
 * on the disk. What a process left that was killed meanwhile is deleted: it may be as large as the index. Rejects with the
 * error of the file system. The index may change meanwhile.
 */
export async function saveNgramIndex(
	path: string,
	index: NgramIndex,
	vocabulary: string,
): Promise<void> {
	const parts = serializeNgramIndex(index, vocabulary);
	await deleteAbandoned(path);
	const temporary = temporaryBeside(path);
	try {
		await write(temporary, parts);
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}

async function write(path: string, parts: Iterable<Uint8Array>): Promise<void> {
	await using file = await open(path, "wx");
	for (const part of parts) {
		await file.writeFile(part);
	}
	await file.sync();
}

/** Opens the index that {@link saveNgramIndex} wrote. Never rejects: without it the files are read again. */
export async function loadNgramIndex(
	path: string,
	options: OpenNgramIndexOptions,
): Promise<LoadNgramIndexResult> {
	try {
		await using file = await open(path);
		const { size } = await file.stat();
		if (size > options.maxBytes * maxFileShare) {
			return { kind: "foreign", problem: `it has ${size} bytes, more than an index may have` };
		}
		return openNgramIndex(await file.readFile(), options);
	} catch (error) {
		return { kind: "unreadable", problem: error instanceof Error ? error.message : String(error) };
	}
}
