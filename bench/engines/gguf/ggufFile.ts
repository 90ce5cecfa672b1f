import { open, type FileHandle } from "node:fs/promises";
import { assert } from "../../../src/base/assert.ts";

/**
 * Writes GGUF version 3, llama.cpp's model file: header, metadata, tensor descriptions, then the tensors'
 * bytes, each at a multiple of {@link alignment}. Everything is little-endian.
 */

/** The value types of the format that we write, by its numbers. */
const valueTypes = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, array: 9 } as const;

/** The tensor types of the format that we write, by its numbers. */
const tensorTypes = { float32: 0, q4_0: 2 } as const;

/** What the format takes when the metadata doesn't say. */
const alignment = 32;

const magic = "GGUF";
const version = 3;

export type GgufValue =
	| { readonly uint32: number }
	| { readonly float32: number }
	| { readonly boolean: boolean }
	| { readonly string: string }
	| { readonly strings: readonly string[] }
	| { readonly int32s: readonly number[] };

export interface GgufTensor {
	readonly name: string;
	readonly type: keyof typeof tensorTypes;
	/** Innermost first, unlike everywhere else in this project: a matrix is [columns, rows]. */
	readonly dimensions: readonly number[];
	readonly bytes: number;
	/** Exactly `bytes` bytes in order. */
	readonly content: AsyncIterable<Uint8Array>;
}

/** Writes the file at `path` anew. The tensors' content is read one after the other, in their order. */
export async function writeGguf(
	path: string,
	metadata: ReadonlyMap<string, GgufValue>,
	tensors: readonly GgufTensor[],
): Promise<void> {
	await using file = await open(path, "w");
	const header = encodeHeader(metadata, tensors);
	await file.write(header);
	let position = header.length;
	position += await writePadding(file, position);
	for (const tensor of tensors) {
		const start = position;
		for await (const chunk of tensor.content) {
			await file.write(chunk);
			position += chunk.length;
		}
		assert(position - start === tensor.bytes, `the tensor ${tensor.name} has the declared size`);
		position += await writePadding(file, position);
	}
}

function encodeHeader(
	metadata: ReadonlyMap<string, GgufValue>,
	tensors: readonly GgufTensor[],
): Buffer {
	const parts = [
		Buffer.from(magic, "latin1"),
		uint32(version),
		uint64(tensors.length),
		uint64(metadata.size),
	];
	for (const [key, value] of metadata) {
		parts.push(string(key), ...encodeValue(value));
	}
	let offset = 0;
	for (const { name, type, dimensions, bytes } of tensors) {
		parts.push(
			string(name),
			uint32(dimensions.length),
			...dimensions.map(uint64),
			uint32(tensorTypes[type]),
			uint64(offset),
		);
		offset += bytes + paddingAfter(bytes);
	}
	return Buffer.concat(parts);
}

function encodeValue(value: GgufValue): readonly Buffer[] {
	if ("uint32" in value) {
		return [uint32(valueTypes.uint32), uint32(value.uint32)];
	}
	if ("float32" in value) {
		return [uint32(valueTypes.float32), float32(value.float32)];
	}
	if ("boolean" in value) {
		return [uint32(valueTypes.boolean), Buffer.of(value.boolean ? 1 : 0)];
	}
	if ("string" in value) {
		return [uint32(valueTypes.string), string(value.string)];
	}
	if ("strings" in value) {
		return [...arrayHead("string", value.strings.length), ...value.strings.map(string)];
	}
	return [...arrayHead("int32", value.int32s.length), ...value.int32s.map(int32)];
}

function arrayHead(type: "string" | "int32", length: number): readonly Buffer[] {
	return [uint32(valueTypes.array), uint32(valueTypes[type]), uint64(length)];
}

function uint32(value: number): Buffer {
	const buffer = Buffer.alloc(4);
	buffer.writeUInt32LE(value);
	return buffer;
}

function int32(value: number): Buffer {
	const buffer = Buffer.alloc(4);
	buffer.writeInt32LE(value);
	return buffer;
}

function float32(value: number): Buffer {
	const buffer = Buffer.alloc(4);
	buffer.writeFloatLE(value);
	return buffer;
}

function uint64(value: number): Buffer {
	const buffer = Buffer.alloc(8);
	buffer.writeBigUInt64LE(BigInt(value));
	return buffer;
}

function string(text: string): Buffer {
	const bytes = Buffer.from(text, "utf8");
	return Buffer.concat([uint64(bytes.length), bytes]);
}

async function writePadding(file: FileHandle, position: number): Promise<number> {
	const bytes = paddingAfter(position);
	if (bytes > 0) {
		await file.write(Buffer.alloc(bytes));
	}
	return bytes;
}

function paddingAfter(position: number): number {
	return (alignment - (position % alignment)) % alignment;
}
