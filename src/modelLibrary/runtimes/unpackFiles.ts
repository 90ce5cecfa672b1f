import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { assert, AssertionError } from "../../base/assert.ts";
import type { RuntimeArchive, RuntimeFile } from "../../model/cudaRuntime.ts";
import { folderFault } from "../download/folderFaults.ts";
import { PartialFile } from "../download/partialFile.ts";
import { LibraryError } from "../libraryError.ts";

export interface Unpacking {
	/** A .tgz. Absolute. */
	readonly archivePath: string;
	/** What is taken out of it, and how much there is in it at most. */
	readonly archive: Pick<RuntimeArchive, "files" | "unpackedBytes">;
	/** Exists; what it has under the files' names is replaced. */
	readonly folder: string;
	/** Hears how much of the archive was unpacked. */
	readonly onBytes: (bytes: number) => void;
	readonly signal: AbortSignal;
}

/**
 * Takes files out of an archive: those at exactly their paths, each once, of exactly their sizes and checksums. Nothing else of it is
 * written, whatever it says, and each file has its name only when it is whole. "paused" where `signal` aborted. Throws a LibraryError
 * "hubInvalid" where the archive holds something else or can't be read as one, and others for what the disk refuses.
 */
export async function unpackFiles(unpacking: Unpacking): Promise<"whole" | "paused"> {
	const { archivePath, archive, folder, onBytes, signal } = unpacking;
	const name = basename(archivePath);
	const missing = new Map(archive.files.map((file) => [file.path, file]));
	const takeEntry = async (header: Header, body: AsyncIterable<unknown>): Promise<void> => {
		const file = archive.files.find(({ path }) => path === header.name);
		if (file === undefined) {
			// The body of a folder is empty, and never ends where its size says another thing.
			if (header.type !== "directory") {
				await readThrough(body);
			}
			return;
		}
		if (!missing.delete(file.path)) {
			throw damaged(name, `${file.name} is in it twice`);
		}
		if (header.type !== "file" || header.size !== file.bytes) {
			throw damaged(name, `${file.name} isn't what it should be`);
		}
		if ((await writeEntry(body, folder, file)) !== "whole") {
			throw damaged(name, `${file.name} has a wrong checksum`);
		}
	};
	const entries = extract();
	let taking: Promise<unknown> = Promise.resolve();
	// One at a time: the next entry comes when `next` was called.
	entries.on("entry", (header, body, next) => {
		// It may end before anybody reads it; whoever reads it then hears of that.
		body.on("error", () => undefined);
		taking = takeEntry(header, body).then(
			() => next(),
			(error: unknown) => {
				entries.destroy();
				return error;
			},
		);
	});
	const bounded = async function* (pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
		let bytes = 0;
		for await (const piece of pieces) {
			assert(piece instanceof Uint8Array, "what is unpacked comes in bytes");
			bytes += piece.length;
			if (bytes > archive.unpackedBytes) {
				throw damaged(name, "it is larger than it should be");
			}
			onBytes(bytes);
			yield piece;
		}
	};
	const readFault = await faultIn(
		pipeline(createReadStream(archivePath), createGunzip(), bounded, entries, { signal }),
	);
	const takeFault = await taking;
	if (signal.aborted) {
		return "paused";
	}
	// Of two the one that says more: each of both ends ends the other.
	const fault = [takeFault, readFault].find(isOwn) ?? readFault ?? takeFault;
	if (fault !== undefined) {
		throw faultOf(fault, archivePath);
	}
	const [lacking] = missing.values();
	if (lacking !== undefined) {
		throw damaged(name, `it has no ${lacking.name}`);
	}
	return "whole";
}

async function faultIn(work: Promise<void>): Promise<unknown> {
	try {
		await work;
		return undefined;
	} catch (error) {
		return error;
	}
}

async function readThrough(body: AsyncIterable<unknown>): Promise<void> {
	for await (const piece of body) {
		assert(piece instanceof Uint8Array, "an entry comes in bytes");
	}
}

async function writeEntry(
	body: AsyncIterable<unknown>,
	folder: string,
	{ name, bytes, sha256 }: RuntimeFile,
): Promise<"whole" | "wrongChecksum"> {
	const checksum = { kind: "sha256", hex: sha256 } as const;
	await using partial = await PartialFile.open(folder, { name, bytes, checksum });
	// What an earlier call has left could be of anything.
	await partial.restart();
	for await (const piece of body) {
		assert(piece instanceof Uint8Array, "an entry comes in bytes");
		await partial.append(piece);
	}
	return await partial.finish();
}

/** What wasn't reported by a stream. */
function isOwn(error: unknown): boolean {
	return error instanceof LibraryError || error instanceof AssertionError;
}

/** What streams report is about what they read, but for the system's refusals. */
function faultOf(error: unknown, archivePath: string): unknown {
	const fault = folderFault(error, archivePath);
	return isOwn(fault) ? fault : damaged(basename(archivePath), "it can't be read as one", error);
}

function damaged(archive: string, problem: string, cause?: unknown): LibraryError {
	return new LibraryError(
		"hubInvalid",
		`${archive} is not the archive that it should be: ${problem}; install it again.`,
		{ cause },
	);
}
