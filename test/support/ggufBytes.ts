/** A value of GGUF's metadata with the number of its type; of an array, with the type of its elements and these. */
export type TypedValue = readonly [
	type: number,
	value: number | bigint | boolean | string,
	elements?: readonly unknown[],
];

export interface TensorBytes {
	readonly name: string;
	/** As the file has them, innermost first. */
	readonly dimensions: readonly (number | bigint)[];
	/** By the format's numbers. */
	readonly type: number;
	readonly content: Uint8Array;
	/** Where the file says that it lies; behind the one before unless given. */
	readonly offset?: number | bigint;
}

type Pairs = readonly (readonly [string, TypedValue])[];

export interface GgufParts {
	readonly version?: number;
	readonly metadata?: Readonly<Record<string, TypedValue>> | Pairs;
	readonly tensors?: readonly TensorBytes[];
	readonly alignment?: number;
	/** What the file claims to hold, unless it is true. */
	readonly tensorCount?: number | bigint;
	readonly pairCount?: number | bigint;
}

/** Any GGUF file, sound or not. */
export function ggufBytes(parts: GgufParts): Buffer {
	const { version = 3, tensors = [], alignment = 32 } = parts;
	const given = parts.metadata ?? [];
	const metadata = isPairs(given) ? given : Object.entries(given);
	const header: Buffer[] = [
		Buffer.from("GGUF"),
		number(4, version),
		number(10, parts.tensorCount ?? tensors.length),
		number(10, parts.pairCount ?? metadata.length),
	];
	for (const [key, [type, value, elements]] of metadata) {
		header.push(text(key), number(4, type), encode(type, elements ? [value, elements] : value));
	}
	const contents: Buffer[] = [];
	let offset = 0;
	for (const tensor of tensors) {
		header.push(
			text(tensor.name),
			number(4, tensor.dimensions.length),
			...tensor.dimensions.map((size) => number(10, size)),
			number(4, tensor.type),
			number(10, tensor.offset ?? offset),
		);
		const content = padded(Buffer.from(tensor.content), alignment);
		contents.push(content);
		offset += content.length;
	}
	return Buffer.concat([padded(Buffer.concat(header), alignment), ...contents]);
}

const isPairs = (metadata: NonNullable<GgufParts["metadata"]>): metadata is Pairs =>
	Array.isArray(metadata);

function padded(bytes: Buffer, alignment: number): Buffer {
	const rest = bytes.length % alignment;
	return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(alignment - rest)]);
}

/** An element of an array may be an array again, as [element type, values]. */
function encode(type: number, value: unknown): Buffer {
	if (type === 8) {
		return text(String(value));
	}
	if (type === 9) {
		const [elementType, values] = value as [number, readonly unknown[]];
		return Buffer.concat([
			number(4, elementType),
			number(10, values.length),
			...values.map((element) => encode(elementType, element)),
		]);
	}
	return number(type, value as number | bigint | boolean);
}

function text(value: string): Buffer {
	const bytes = Buffer.from(value);
	return Buffer.concat([number(10, bytes.length), bytes]);
}

function number(type: number, value: number | bigint | boolean): Buffer {
	const view = new DataView(new ArrayBuffer(8));
	const put: Readonly<Record<number, () => number>> = {
		0: () => (view.setUint8(0, Number(value)), 1),
		1: () => (view.setInt8(0, Number(value)), 1),
		2: () => (view.setUint16(0, Number(value), true), 2),
		3: () => (view.setInt16(0, Number(value), true), 2),
		4: () => (view.setUint32(0, Number(value), true), 4),
		5: () => (view.setInt32(0, Number(value), true), 4),
		6: () => (view.setFloat32(0, Number(value), true), 4),
		7: () => (view.setUint8(0, Number(value)), 1),
		10: () => (view.setBigUint64(0, BigInt(value), true), 8),
		11: () => (view.setBigInt64(0, BigInt(value), true), 8),
		12: () => (view.setFloat64(0, Number(value), true), 8),
	};
	const length = put[type]?.() ?? 0;
	return Buffer.from(view.buffer, 0, length);
}
