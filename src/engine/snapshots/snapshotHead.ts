import { createHash } from "node:crypto";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { KvLayout } from "../backend.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";

/**
 * A snapshot: the keys and values of one prefix, in a file. All numbers little-endian:
 *
 *     magic            8 bytes
 *     format version   uint32
 *     tokens           uint32   how many; also the positions that the body holds
 *     logits           uint32   values of the row after the last token: 0 or the size of the vocabulary
 *     key              32 bytes, see {@link snapshotKey}
 *     SHA-256          32 bytes, of the body
 *     SHA-256          32 bytes, of all before it and all between it and the body
 *     tokens           uint32 each
 *     zeros            up to a multiple of 4096, so that the body can be mapped into memory
 *     body             what KvCache.readPrefix gives, then the logits as float32
 *
 * SHA-256 and no faster checksum: of those that hold against more than chance it is the fastest on processors
 * with instructions for it (15 ms for 20 MB; BLAKE2b 40, SHA-512 48).
 */
const magic = "MOTEKVPF";
const formatVersion = 1;
const headHashOffset = 84;
/** Up to the tokens. */
export const fixedHeadBytes = headHashOffset + 32;
const alignment = 4096;

/** What a snapshot has to fit. */
export interface SnapshotModel {
	/** See {@link snapshotKey}. */
	readonly key: Uint8Array;
	readonly layout: KvLayout;
	readonly vocabularySize: number;
	readonly contextLength: number;
}

export interface SnapshotHead {
	readonly tokens: readonly TokenId[];
	/** Whether the logits after the last token are part of the body. */
	readonly hasLogits: boolean;
	/** SHA-256. */
	readonly bodyHash: Uint8Array;
}

export type HeadResult<Value> =
	| ({ readonly kind: "ok" } & Value)
	/** Of another version, model, graph or runtime, which is nobody's fault. */
	| { readonly kind: "foreign" }
	/** Not what was written. */
	| { readonly kind: "damaged"; readonly problem: string };

/**
 * Tells the model, its graph, the tokenizer and what computed the bytes apart: keys and values of one are
 * worthless to another. 32 bytes.
 */
export function snapshotKey(checksums: readonly string[], layout: KvLayout): Uint8Array {
	return createHash("sha256")
		.update(JSON.stringify([...checksums, layout.id]))
		.digest();
}

/** Where the body begins. */
export function bodyOffset(tokenCount: number): number {
	return Math.ceil((fixedHeadBytes + 4 * tokenCount) / alignment) * alignment;
}

export function bodyBytes(tokenCount: number, hasLogits: boolean, model: SnapshotModel): number {
	return model.layout.prefixBytes(tokenCount) + (hasLogits ? 4 * model.vocabularySize : 0);
}

/** All bytes before the body. */
export function encodeHead(
	{ tokens, hasLogits, bodyHash }: SnapshotHead,
	model: SnapshotModel,
): Uint8Array {
	const head = Buffer.alloc(bodyOffset(tokens.length));
	head.write(magic, "latin1");
	head.writeUInt32LE(formatVersion, 8);
	head.writeUInt32LE(tokens.length, 12);
	head.writeUInt32LE(hasLogits ? model.vocabularySize : 0, 16);
	head.set(model.key, 20);
	head.set(bodyHash, 52);
	for (const [i, token] of tokens.entries()) {
		head.writeUInt32LE(token, fixedHeadBytes + 4 * i);
	}
	head.set(hashOfHead(head), headHashOffset);
	return head;
}

/**
 * What the first {@link fixedHeadBytes} of a file of `fileBytes` say, as far as it can be believed before the
 * checksum: how much to read for {@link decodeHead} is bounded by the model's context and by the file.
 */
export function decodeFixedHead(
	bytes: Uint8Array,
	fileBytes: number,
	model: SnapshotModel,
): HeadResult<{ readonly headBytes: number }> {
	const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (
		head.length < fixedHeadBytes ||
		head.toString("latin1", 0, 8) !== magic ||
		head.readUInt32LE(8) !== formatVersion ||
		!head.subarray(20, 52).equals(model.key)
	) {
		return { kind: "foreign" };
	}
	const tokenCount = head.readUInt32LE(12);
	const logits = head.readUInt32LE(16);
	if (tokenCount === 0 || tokenCount > model.contextLength) {
		return damaged(`it has ${tokenCount} tokens`);
	}
	if (logits !== 0 && logits !== model.vocabularySize) {
		return damaged(`it has ${logits} logits`);
	}
	const headBytes = bodyOffset(tokenCount);
	return fileBytes === headBytes + bodyBytes(tokenCount, logits !== 0, model)
		? { kind: "ok", headBytes }
		: damaged("it is cut off or has something behind its end");
}

/** @param bytes All before the body; {@link decodeFixedHead} has looked at the first of them. */
export function decodeHead(
	bytes: Uint8Array,
	model: SnapshotModel,
): HeadResult<{ readonly head: SnapshotHead }> {
	const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (!head.subarray(headHashOffset, fixedHeadBytes).equals(hashOfHead(head))) {
		return damaged("the checksum of its head is wrong");
	}
	const tokens: TokenId[] = [];
	for (let i = 0; i < head.readUInt32LE(12); i++) {
		const id = head.readUInt32LE(fixedHeadBytes + 4 * i);
		if (id >= model.vocabularySize) {
			return damaged("it has tokens that the model doesn't have");
		}
		tokens.push(tokenAt(id));
	}
	return {
		kind: "ok",
		head: {
			tokens,
			hasLogits: head.readUInt32LE(16) !== 0,
			bodyHash: Uint8Array.from(head.subarray(52, headHashOffset)),
		},
	};
}

function hashOfHead(head: Uint8Array): Uint8Array {
	return createHash("sha256")
		.update(head.subarray(0, headHashOffset))
		.update(head.subarray(fixedHeadBytes))
		.digest();
}

function damaged(problem: string): { readonly kind: "damaged"; readonly problem: string } {
	return { kind: "damaged", problem };
}
