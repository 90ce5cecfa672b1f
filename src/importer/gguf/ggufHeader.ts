import { ImportError } from "../importError.ts";
import { EndOfBytes, HeaderCursor } from "./headerCursor.ts";
import { findTensorType, type TensorType } from "./tensorTypes.ts";

/**
 * The header of a GGUF file, versions 2 and 3: metadata, then descriptions of tensors. Read as hostile input: every
 * count is held against what is left of the file before anything is allocated for it.
 */
export interface GgufHeader {
	readonly metadata: ReadonlyMap<string, GgufValue>;
	readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Whole numbers beyond 2^53 are bigints. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

export interface GgufTensor {
	readonly type: TensorType;
	/** Outermost first, as everywhere in this project: a matrix is [rows, columns]. The file has it the other way round. */
	readonly shape: readonly number[];
	/** From the start of the file. */
	readonly offset: number;
	readonly bytes: number;
}

export type HeaderParse =
	| { readonly kind: "header"; readonly header: GgufHeader }
	/** The header is longer than the bytes that were given, and so is the file. */
	| { readonly kind: "incomplete" };

/** A vocabulary of 262,144 tokens with its merges, and the same once more as JSON, take 45 MB. */
export const maxHeaderBytes = 128_000_000;
const maxPairs = 10_000;
/** Models with 100 layers have some 2000. */
const maxTensors = 100_000;
/** Of all arrays together; tokens, their types and scores, and merges are the long ones. */
const maxElements = 4_000_000;
const maxArrayDepth = 4;
/** The format's own limit. */
const maxKeyBytes = 65_535;
/** The format allows 64. */
const maxNameBytes = 256;
const maxDimensions = 4;
const maxAlignment = 1_048_576;
/** What the format takes when the metadata doesn't say. */
const defaultAlignment = 32;
/** The shortest key with its value, and the shortest description of a tensor. */
const minPairBytes = 13;
const minTensorBytes = 32;

const scalarBytes: readonly (number | undefined)[] = [
	1,
	1,
	2,
	2,
	4,
	4,
	4,
	1,
	undefined,
	undefined,
	8,
	8,
	8,
];
const stringType = 8;
const arrayType = 9;

/** Whether a file that starts so says that it is GGUF. */
export const startsLikeGguf = (bytes: Buffer): boolean => bytes.toString("latin1", 0, 4) === "GGUF";

/**
 * Parses the header of a file of `fileBytes` from its beginning, as much of it as is there. Pure.
 *
 * @throws ImportError for everything that isn't a sound header of this format
 */
export function parseGgufHeader(bytes: Buffer, fileBytes: number, fileName: string): HeaderParse {
	const cursor = new HeaderCursor(bytes, fileBytes, (problem) => invalid(fileName, problem));
	try {
		return { kind: "header", header: readHeader(cursor, fileBytes, fileName) };
	} catch (error) {
		if (!(error instanceof EndOfBytes)) {
			throw error;
		}
		if (bytes.length < fileBytes) {
			return { kind: "incomplete" };
		}
		throw invalid(fileName, "it ends within its header");
	}
}

function readHeader(cursor: HeaderCursor, fileBytes: number, fileName: string): GgufHeader {
	checkVersion(cursor, fileName);
	const tensorCount = cursor.count(maxTensors, minTensorBytes, "tensors");
	const pairCount = cursor.count(maxPairs, minPairBytes, "entries of metadata");
	const metadata = new Map<string, GgufValue>();
	const elements = { left: maxElements };
	for (let i = 0; i < pairCount; i++) {
		const key = cursor.string(maxKeyBytes);
		if (metadata.has(key)) {
			throw cursor.invalid(`it has the key ${quote(key)} twice`);
		}
		metadata.set(key, readValue(cursor, cursor.uint32(), elements, 0));
	}
	const described = new Map<string, Description>();
	for (let i = 0; i < tensorCount; i++) {
		const name = cursor.string(maxNameBytes);
		if (described.has(name)) {
			throw cursor.invalid(`it has the tensor ${quote(name)} twice`);
		}
		described.set(name, readDescription(cursor, name, fileName));
	}
	const tensors = placed(described, alignmentOf(metadata, cursor), cursor, fileBytes);
	return { metadata, tensors };
}

function checkVersion(cursor: HeaderCursor, fileName: string): void {
	if (!startsLikeGguf(cursor.bytes(4))) {
		throw cursor.invalid("it doesn't start with GGUF");
	}
	const version = cursor.uint32();
	if (version === 2 || version === 3) {
		return;
	}
	if (version === 1) {
		throw unsupported(fileName, "is of GGUF's first version", "take a newer one");
	}
	if ((version & 0xffff) === 0) {
		throw unsupported(fileName, "is a GGUF file for big-endian machines", "take the usual one");
	}
	throw unsupported(
		fileName,
		`is of version ${version} of GGUF, and versions 2 and 3 are read`,
		"take another one",
	);
}

function readValue(
	cursor: HeaderCursor,
	type: number,
	elements: { left: number },
	depth: number,
): GgufValue {
	if (type === stringType) {
		return cursor.string(maxHeaderBytes);
	}
	if (type !== arrayType) {
		return readScalar(cursor, type);
	}
	if (depth === maxArrayDepth) {
		throw cursor.invalid(`it has arrays in more than ${maxArrayDepth} levels`);
	}
	const elementType = cursor.uint32();
	// A string and an array start with 8 bytes at least.
	const length = cursor.count(elements.left, scalarBytes[elementType] ?? 8, "elements of arrays");
	elements.left -= length;
	const values: GgufValue[] = [];
	for (let i = 0; i < length; i++) {
		values.push(readValue(cursor, elementType, elements, depth + 1));
	}
	return values;
}

function readScalar(cursor: HeaderCursor, type: number): GgufValue {
	const size = scalarBytes[type];
	if (size === undefined) {
		throw cursor.invalid(`it has a value of the unknown type ${type}`);
	}
	const bytes = cursor.bytes(size);
	switch (type) {
		case 0:
			return bytes.readUInt8(0);
		case 1:
			return bytes.readInt8(0);
		case 2:
			return bytes.readUInt16LE(0);
		case 3:
			return bytes.readInt16LE(0);
		case 4:
			return bytes.readUInt32LE(0);
		case 5:
			return bytes.readInt32LE(0);
		case 6:
			return bytes.readFloatLE(0);
		case 7:
			return bytes.readUInt8(0) !== 0;
		case 10:
			return exactNumber(bytes.readBigUInt64LE(0));
		case 11:
			return exactNumber(bytes.readBigInt64LE(0));
		default:
			return bytes.readDoubleLE(0);
	}
}

function exactNumber(value: bigint): number | bigint {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/** A tensor whose offset still counts from the first tensor. */
type Description = GgufTensor;

function readDescription(cursor: HeaderCursor, name: string, fileName: string): Description {
	const dimensions = cursor.uint32();
	if (dimensions < 1 || dimensions > maxDimensions) {
		throw cursor.invalid(`its tensor ${quote(name)} has ${dimensions} dimensions`);
	}
	const shape: number[] = [];
	let elements = 1;
	for (let i = 0; i < dimensions; i++) {
		const size = cursor.uint64();
		elements *= size;
		if (size < 1 || !Number.isSafeInteger(elements)) {
			throw cursor.invalid(`its tensor ${quote(name)} has an impossible shape`);
		}
		shape.unshift(size);
	}
	const typeNumber = cursor.uint32();
	const type = findTensorType(typeNumber);
	if (type === undefined) {
		throw unsupported(
			fileName,
			`holds weights in a format that isn't read (type ${typeNumber} of ${quote(name)})`,
			"take the model in Q4_0, Q4_K_M, Q5_K_M, Q6_K, Q8_0, F16 or BF16",
		);
	}
	if ((shape.at(-1) ?? 0) % type.blockElements !== 0) {
		throw cursor.invalid(`rows of its tensor ${quote(name)} aren't whole blocks of ${type.name}`);
	}
	const bytes = (elements / type.blockElements) * type.blockBytes;
	return { type, shape, offset: cursor.uint64(), bytes };
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, cursor: HeaderCursor): number {
	const alignment = metadata.get("general.alignment") ?? defaultAlignment;
	if (
		typeof alignment !== "number" ||
		alignment < 1 ||
		alignment > maxAlignment ||
		!Number.isInteger(Math.log2(alignment))
	) {
		throw cursor.invalid("its alignment is no power of two");
	}
	return alignment;
}

/** Tensors by their places in the file, after looking whether each has its own. */
function placed(
	described: ReadonlyMap<string, Description>,
	alignment: number,
	cursor: HeaderCursor,
	fileBytes: number,
): ReadonlyMap<string, GgufTensor> {
	const dataStart = Math.ceil(cursor.position / alignment) * alignment;
	const tensors = new Map<string, GgufTensor>();
	let end = dataStart;
	for (const [name, tensor] of [...described].sort(([, a], [, b]) => a.offset - b.offset)) {
		const offset = dataStart + tensor.offset;
		if (tensor.offset % alignment !== 0 || offset < end) {
			throw cursor.invalid(`its tensor ${quote(name)} lies in the wrong place`);
		}
		end = offset + tensor.bytes;
		if (end > fileBytes) {
			throw cursor.invalid(`it ends before its tensor ${quote(name)} does`);
		}
		tensors.set(name, { ...tensor, offset });
	}
	return tensors;
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 80));

/** The file isn't what it should be. */
export function invalid(fileName: string, problem: string): ImportError {
	return new ImportError(
		"checkpointInvalid",
		`The file ${fileName} is truncated or not a sound GGUF file (${problem}); download it anew from its source.`,
	);
}

/** The file is sound, and can't be imported. `what` continues "The file …", `remedy` says what to do. */
export function unsupported(fileName: string, what: string, remedy: string): ImportError {
	return new ImportError("checkpointUnsupported", `The file ${fileName} ${what}; ${remedy}.`);
}
