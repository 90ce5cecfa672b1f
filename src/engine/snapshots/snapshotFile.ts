import { createHash } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { KvCache } from "../backend.ts";
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
	/** Holds the tokens. */
	readonly kv: Pick<KvCache, "readPrefix">;
	/** The row after the last token. */
	readonly logits: Float32Array | undefined;
}

/**
 * Writes a snapshot to `path`, whole or not at all: a process that dies before the end leaves a file of another
 * name. Only the user may read it. Undefined when it was given up. Rejects with the error of the file system.
 *
 * @param isWanted Asked before each look into `content.kv`, which may belong to somebody else as soon as it says
 *   false.
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
	{ tokens, kv, logits }: SnapshotContent,
	model: SnapshotModel,
	isWanted: () => boolean,
): Promise<SnapshotHead | undefined> {
	await using file = await open(path, "wx", 0o600);
	const hash = createHash("sha256");
	// Room for the head, which comes last: it holds the checksum of what follows it.
	await file.writeFile(new Uint8Array(bodyOffset(tokens.length)));
	for (const { start, piece } of piecesOf(model.layout.prefixBytes(tokens.length))) {
		if (!isWanted()) {
			return undefined;
		}
		kv.readPrefix(tokens.length, start, piece);
		hash.update(piece);
		await file.writeFile(piece);
	}
	if (logits !== undefined) {
		const row = bytesOf(logits);
		hash.update(row);
		await file.writeFile(row);
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
	return (await readInto(file, bytes, 0))
		? decodeHead(bytes, model)
		: { kind: "damaged", problem: "it is cut off" };
}

export type BodyResult =
	| { readonly kind: "ok"; readonly logits: Float32Array | undefined }
	| { readonly kind: "damaged"; readonly problem: string };

/**
 * Reads the body of a snapshot into an empty cache with room for as many tokens as `head` has, and checks it. The
 * cache stays empty, and what stands behind its end is nothing when the result is not "ok". Rejects with the error of
 * the file system.
 */
export async function readSnapshotBody(
	path: string,
	head: SnapshotHead,
	model: SnapshotModel,
	kv: Pick<KvCache, "writePrefix">,
): Promise<BodyResult> {
	const { tokens, hasLogits, bodyHash } = head;
	const logits = hasLogits ? new Float32Array(model.vocabularySize) : undefined;
	await using file = await open(path);
	const { size } = await file.stat();
	const offset = bodyOffset(tokens.length);
	const cutOff = { kind: "damaged", problem: "it is cut off" } as const;
	if (size !== offset + bodyBytes(tokens.length, hasLogits, model)) {
		return cutOff;
	}
	const hash = createHash("sha256");
	const prefixBytes = model.layout.prefixBytes(tokens.length);
	for (const { start, piece } of piecesOf(prefixBytes)) {
		if (!(await readInto(file, piece, offset + start))) {
			return cutOff;
		}
		hash.update(piece);
		kv.writePrefix(tokens.length, start, piece);
	}
	if (logits !== undefined) {
		const row = bytesOf(logits);
		if (!(await readInto(file, row, offset + prefixBytes))) {
			return cutOff;
		}
		hash.update(row);
	}
	return hash.digest().equals(bodyHash)
		? { kind: "ok", logits }
		: { kind: "damaged", problem: "the checksum of its body is wrong" };
}

/** Where each piece of `bytes` begins, and the same memory for all of them, as long as the piece is. */
function* piecesOf(
	bytes: number,
): Generator<{ readonly start: number; readonly piece: Uint8Array }> {
	const memory = new Uint8Array(Math.min(bytes, pieceBytes));
	for (let start = 0; start < bytes; start += pieceBytes) {
		yield { start, piece: memory.subarray(0, Math.min(pieceBytes, bytes - start)) };
	}
}

/** Fills `target` with what stands at `position`. Returns whether the file had enough. */
async function readInto(file: FileHandle, target: Uint8Array, position: number): Promise<boolean> {
	for (let filled = 0; filled < target.length;) {
		const { bytesRead } = await file.read(
			target,
			filled,
			target.length - filled,
			position + filled,
		);
		if (bytesRead === 0) {
			return false;
		}
		filled += bytesRead;
	}
	return true;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}
