import { createHash } from "node:crypto";
import * as z from "zod";
import { NgramIndex, type NgramIndexOptions } from "./ngramIndex.ts";
import type { FileVersion } from "./ngramIndexFiles.ts";
import { NgramSegment, type SegmentArrays } from "./ngramSegment.ts";
import { areAtMost, arraysProblem } from "./ngramSegmentCheck.ts";
import {
	countNegatives,
	segmentShape,
	type FileTokens,
	type SegmentShape,
} from "./ngramSegmentBuild.ts";

/**
 * A saved index, all numbers little-endian:
 *
 *     magic            8 bytes
 *     format version   uint32
 *     length of JSON   uint32
 *     SHA-256          32 bytes, of all that follows
 *     JSON             files and lengths of arrays, filled up with spaces to a multiple of 8 bytes
 *     arrays           those of each segment, then the tokens of each file; each filled up with zeros to 8 bytes
 *
 * Arrays lie as they are in memory, so that opening is reading, checking and copying: nothing is sorted again.
 */
const magic = "MOTENGRM";
const formatVersion = 1;
const headBytes = 48;
const alignment = 8;

/** Bounds for what a file may declare; the arrays are bounded by the length of the file. */
const maxJsonBytes = 64 * 1024 * 1024;
const maxSegments = 10_000;

const length = z.int().nonnegative();
const contentsSchema = z.strictObject({
	vocabulary: z.string().max(1000),
	vocabularySize: z.int().positive(),
	/** Lengths of the arrays, in the order of {@link arrayList}. */
	segments: z.array(z.array(length).length(10)).max(maxSegments),
	files: z.array(z.tuple([z.string(), z.string(), length])),
});
type Contents = z.infer<typeof contentsSchema>;

export interface OpenNgramIndexOptions extends NgramIndexOptions {
	/** Tells vocabularies apart, such as a checksum of the tokenizer's file. */
	readonly vocabulary: string;
}

export type OpenNgramIndexResult =
	| { readonly kind: "opened"; readonly index: NgramIndex }
	/** Not a file of this version and vocabulary, which is nobody's fault. */
	| { readonly kind: "foreign"; readonly problem: string }
	/** Not what was written. */
	| { readonly kind: "damaged"; readonly problem: string };

/** What is counted now; pending files are saved in the version that is counted, if any. */
export function serializeNgramIndex(index: NgramIndex, vocabulary: string): readonly Uint8Array[] {
	const { segments, files } = index.contents();
	const contents: Contents = {
		vocabulary,
		vocabularySize: index.vocabularySize,
		segments: segments.map(({ arrays }) => arrayList(arrays).map((array) => array.length)),
		files: files.map(([key, { stamp, tokens }]) => [key, stamp, tokens.length]),
	};
	const text = Buffer.from(JSON.stringify(contents));
	const json = Buffer.alloc(aligned(text.length), " ");
	text.copy(json);
	const parts: Uint8Array[] = [json];
	const arrays = [
		...segments.flatMap((segment) => arrayList(segment.arrays)),
		...files.map(([, { tokens }]) => tokens),
	];
	for (const array of arrays) {
		parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
		parts.push(new Uint8Array(aligned(array.byteLength) - array.byteLength));
	}
	const hash = createHash("sha256");
	for (const part of parts) {
		hash.update(part);
	}
	const head = Buffer.alloc(headBytes);
	head.write(magic, "latin1");
	head.writeUInt32LE(formatVersion, 8);
	head.writeUInt32LE(json.length, 12);
	hash.digest().copy(head, 16);
	return [head, ...parts];
}

/** Opens what {@link serializeNgramIndex} wrote. The index shares no memory with `bytes`. */
export function openNgramIndex(
	bytes: Uint8Array,
	options: OpenNgramIndexOptions,
): OpenNgramIndexResult {
	const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, headBytes));
	if (head.length < headBytes || head.toString("latin1", 0, 8) !== magic) {
		return { kind: "foreign", problem: "it is not a saved n-gram index" };
	}
	if (head.readUInt32LE(8) !== formatVersion) {
		return { kind: "foreign", problem: `its format is version ${head.readUInt32LE(8)}` };
	}
	const body = bytes.subarray(headBytes);
	if (!createHash("sha256").update(body).digest().equals(head.subarray(16, 48))) {
		return damaged("its checksum is wrong");
	}
	const jsonBytes = head.readUInt32LE(12);
	if (jsonBytes > Math.min(body.length, maxJsonBytes) || jsonBytes % alignment !== 0) {
		return damaged("its table is cut off");
	}
	const contents = parseContents(body.subarray(0, jsonBytes));
	if (contents === undefined) {
		return damaged("its table is not one");
	}
	if (
		contents.vocabulary !== options.vocabulary ||
		contents.vocabularySize !== options.vocabularySize
	) {
		return { kind: "foreign", problem: "it was made with another vocabulary" };
	}
	return openArrays(contents, body.subarray(jsonBytes), options);
}

function damaged(problem: string): OpenNgramIndexResult {
	return { kind: "damaged", problem };
}

function parseContents(json: Uint8Array): Contents | undefined {
	try {
		return contentsSchema.safeParse(JSON.parse(Buffer.from(json).toString())).data;
	} catch {
		// Not JSON, which is one way of not being a table.
		return undefined;
	}
}

function openArrays(
	contents: Contents,
	bytes: Uint8Array,
	options: OpenNgramIndexOptions,
): OpenNgramIndexResult {
	const shape = segmentShape(options.vocabularySize);
	const reader = new ArrayReader(bytes, shape);
	const segments: NgramSegment[] = [];
	for (const lengths of contents.segments) {
		const arrays = readSegment(reader, lengths);
		const problem = reader.failed ? "its arrays are cut off" : arraysProblem(shape, arrays);
		if (problem !== undefined) {
			return damaged(problem);
		}
		const negatives = countNegatives(arrays.entries, 0, arrays.entries.length);
		segments.push(new NgramSegment(arrays, negatives));
	}
	const files: (readonly [string, FileVersion])[] = [];
	for (const [key, stamp, count] of contents.files) {
		const tokens = reader.tokens(count);
		if (reader.failed || !areAtMost(tokens, shape.vocabularySize - 1)) {
			return damaged("the tokens of a file are cut off or none of this vocabulary");
		}
		files.push([key, { tokens, stamp }]);
	}
	if (!reader.atEnd || new Set(files.map(([key]) => key)).size !== files.length) {
		return damaged("its table does not fit its contents");
	}
	return { kind: "opened", index: new NgramIndex(options, { files, segments }) };
}

function arrayList(arrays: SegmentArrays): readonly (Uint16Array | Uint32Array | Int32Array)[] {
	const { symbols, entries, firstEntry, histograms } = arrays;
	const { firstRange, starts, offsets, lengths, totals, ids, counts } = histograms;
	const ranges = [firstRange, starts, offsets, lengths, totals];
	return [symbols, entries, firstEntry, ...ranges, ids, counts];
}

/** Reads the arrays in the order of {@link arrayList}. */
function readSegment(reader: ArrayReader, lengths: readonly number[]): SegmentArrays {
	const next = lengths.values();
	const count = (): number => next.next().value ?? 0;
	return {
		symbols: reader.tokens(count()),
		entries: reader.unsigned(count()),
		firstEntry: reader.unsigned(count()),
		histograms: {
			firstRange: reader.unsigned(count()),
			starts: reader.unsigned(count()),
			offsets: reader.unsigned(count()),
			lengths: reader.unsigned(count()),
			totals: reader.signed(count()),
			ids: reader.unsigned(count()),
			counts: reader.signed(count()),
		},
	};
}

/**
 * Reads arrays, one after the other. Each gets memory of its own: views would keep the bytes of the whole
 * file in memory for as long as a single array of it is in use.
 */
class ArrayReader {
	readonly #bytes: Uint8Array;
	readonly #shape: SegmentShape;
	#offset = 0;
	#failed = false;

	constructor(bytes: Uint8Array, shape: SegmentShape) {
		this.#bytes = bytes;
		this.#shape = shape;
	}

	/** Whether anything was asked for that isn't there. */
	get failed(): boolean {
		return this.#failed;
	}

	get atEnd(): boolean {
		return this.#offset === this.#bytes.length;
	}

	tokens(count: number): FileTokens {
		return this.#shape.wide ? this.unsigned(count) : this.#read(Uint16Array, count);
	}

	unsigned(count: number): Uint32Array {
		return this.#read(Uint32Array, count);
	}

	signed(count: number): Int32Array {
		return this.#read(Int32Array, count);
	}

	#read<Kind extends Uint16Array | Uint32Array | Int32Array>(
		kind: { new (length: number): Kind; readonly BYTES_PER_ELEMENT: number },
		count: number,
	): Kind {
		const byteLength = count * kind.BYTES_PER_ELEMENT;
		// Before anything is allocated: a length that was made up must not take memory.
		if (aligned(byteLength) > this.#bytes.length - this.#offset) {
			this.#failed = true;
			return new kind(0);
		}
		const array = new kind(count);
		const stored = this.#bytes.subarray(this.#offset, this.#offset + byteLength);
		new Uint8Array(array.buffer).set(stored);
		this.#offset += aligned(byteLength);
		return array;
	}
}

function aligned(byteLength: number): number {
	return Math.ceil(byteLength / alignment) * alignment;
}
