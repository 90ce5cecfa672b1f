import { createHash } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import {
	bodyBytes,
	bodyOffset,
	decodeFixedHead,
	decodeHead,
	encodeHead,
	fixedHeadBytes,
	type HeadResult,
	type SnapshotHead,
	type SnapshotModel,
} from "./snapshotHead.ts";

/** Of what is copied, hashed and handed to the system at a time: under a millisecond of work. */
const pieceBytes = 2 ** 20;

/** Added to the name of a file that is not whole yet. */
export const temporarySuffix = ".tmp";

export interface SnapshotContent {
	readonly tokens: readonly TokenId[];
	/** What KvCache.prefixMemory gives for all tokens. */
	readonly memory: readonly Uint8Array[];
	/** The row after the last token. */
	readonly logits: Float32Array | undefined;
}

/**
 * Writes a snapshot to `path`, whole or not at all: a process that dies before the end leaves a file of another
 * name. Only the user may read it. Undefined when it was given up. Rejects with the error of the file system.
 *
 * @param isWanted Asked before each look into `content.memory`, which may belong to somebody else as soon as it
 *   says false.
 */
export async function writeSnapshot(
	path: string,
	content: SnapshotContent,
	model: SnapshotModel,
	isWanted: () => boolean,
): Promise<SnapshotHead | undefined> {
	const temporary = `${path}${temporarySuffix}`;
	let head: SnapshotHead | undefined;
	try {
		head = await writeContent(temporary, content, model, isWanted);
		if (head !== undefined) {
			await rename(temporary, path);
		}
		return head;
	} finally {
		// What failed or was given up; one that was written has the other name.
		await rm(temporary, { force: true });
	}
}

/** Undefined when it was not wanted to the end. */
async function writeContent(
	path: string,
	{ tokens, memory, logits }: SnapshotContent,
	model: SnapshotModel,
	isWanted: () => boolean,
): Promise<SnapshotHead | undefined> {
	await using file = await open(path, "wx", 0o600);
	const hash = createHash("sha256");
	// Room for the head, which comes last: it holds the checksum of what follows it.
	await file.writeFile(new Uint8Array(bodyOffset(tokens.length)));
	// What is written from is a copy. A cache may grow or be given back while the system still reads.
	const copy = new Uint8Array(pieceBytes);
	for (const view of [...memory, ...(logits === undefined ? [] : [bytesOf(logits)])]) {
		for (let start = 0; start < view.length; start += pieceBytes) {
			if (!isWanted()) {
				return undefined;
			}
			const piece = view.subarray(start, start + pieceBytes);
			const written = copy.subarray(0, piece.length);
			written.set(piece);
			hash.update(written);
			await file.writeFile(written);
		}
	}
	const head = { tokens, hasLogits: logits !== undefined, bodyHash: hash.digest() };
	const bytes = encodeHead(head, model);
	const { bytesWritten } = await file.write(bytes, 0, bytes.length, 0);
	if (bytesWritten !== bytes.length) {
		throw new Error("the disk took a part of a file only");
	}
	await file.sync();
	return isWanted() ? head : undefined;
}

/** Reads what stands before the body. Rejects with the error of the file system. */
export async function readSnapshotHead(
	path: string,
	model: SnapshotModel,
): Promise<HeadResult<{ readonly head: SnapshotHead }>> {
	await using file = await open(path);
	const { size } = await file.stat();
	const fixed = new Uint8Array(fixedHeadBytes);
	const { bytesRead } = await file.read(fixed, 0, fixed.length, 0);
	const result = decodeFixedHead(fixed.subarray(0, bytesRead), size, model);
	if (result.kind !== "ok") {
		return result;
	}
	const bytes = new Uint8Array(result.headBytes);
	return (await readInto(file, [bytes], 0))
		? decodeHead(bytes, model)
		: { kind: "damaged", problem: "it is cut off" };
}

export type BodyResult =
	| { readonly kind: "ok"; readonly logits: Float32Array | undefined }
	| { readonly kind: "damaged"; readonly problem: string };

/**
 * Reads the body of a snapshot into `memory`, which KvCache.prefixMemory gave for as many tokens as `head` has,
 * and checks it. `memory` holds anything when the result is not "ok". Rejects with the error of the file system.
 *
 * The one place where keys and values are read: a runtime that can map files would do it here.
 */
export async function readSnapshotBody(
	path: string,
	head: SnapshotHead,
	model: SnapshotModel,
	memory: readonly Uint8Array[],
): Promise<BodyResult> {
	const { tokens, hasLogits, bodyHash } = head;
	const logits = hasLogits ? new Float32Array(model.vocabularySize) : undefined;
	const views = [...memory, ...(logits === undefined ? [] : [bytesOf(logits)])];
	await using file = await open(path);
	const { size } = await file.stat();
	const offset = bodyOffset(tokens.length);
	if (
		size !== offset + bodyBytes(tokens.length, hasLogits, model) ||
		!(await readInto(file, views, offset))
	) {
		return { kind: "damaged", problem: "it is cut off" };
	}
	const hash = createHash("sha256");
	for (const view of views) {
		hash.update(view);
	}
	return hash.digest().equals(bodyHash)
		? { kind: "ok", logits }
		: { kind: "damaged", problem: "the checksum of its body is wrong" };
}

/** Fills the views from `position` on. Returns whether the file had enough. */
async function readInto(
	file: FileHandle,
	views: readonly Uint8Array[],
	position: number,
): Promise<boolean> {
	let at = position;
	for (const view of views) {
		for (let filled = 0; filled < view.length;) {
			const { bytesRead } = await file.read(view, filled, view.length - filled, at);
			if (bytesRead === 0) {
				return false;
			}
			filled += bytesRead;
			at += bytesRead;
		}
	}
	return true;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}
