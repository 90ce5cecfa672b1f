/** What a GGUF file holds, read by the format's description and not by our writer's code. */
export interface GgufContent {
	readonly metadata: ReadonlyMap<string, unknown>;
	readonly tensors: ReadonlyMap<
		string,
		{ readonly dimensions: readonly number[]; readonly type: number; readonly bytes: Buffer }
	>;
}

/** Bytes of a tensor with so many elements, by the numbers of the types that we write. */
const bytesOf: ReadonlyMap<number, (elements: number) => number> = new Map([
	[0, (elements) => elements * 4],
	[2, (elements) => (elements / 32) * 18],
]);

export function readGguf(file: Buffer): GgufContent {
	let at = 0;
	const uint32 = (): number => file.readUInt32LE((at += 4) - 4);
	const uint64 = (): number => Number(file.readBigUInt64LE((at += 8) - 8));
	const string = (): string => {
		const length = uint64();
		return file.toString("utf8", at, (at += length));
	};
	const value = (type: number): unknown => {
		switch (type) {
			case 4:
				return uint32();
			case 5:
				return file.readInt32LE((at += 4) - 4);
			case 6:
				return file.readFloatLE((at += 4) - 4);
			case 7:
				return file.readUInt8((at += 1) - 1) === 1;
			case 8:
				return string();
			case 9: {
				const elementType = uint32();
				return Array.from({ length: uint64() }, () => value(elementType));
			}
			default:
				throw new Error(`type ${type}`);
		}
	};
	if (file.toString("latin1", 0, (at += 4)) !== "GGUF" || uint32() !== 3) {
		throw new Error("not GGUF version 3");
	}
	const [tensorCount, valueCount] = [uint64(), uint64()];
	const metadata = new Map<string, unknown>();
	for (let i = 0; i < valueCount; i++) {
		const key = string();
		metadata.set(key, value(uint32()));
	}
	const described = Array.from({ length: tensorCount }, () => {
		const name = string();
		const dimensions = Array.from({ length: uint32() }, uint64);
		return { name, dimensions, type: uint32(), offset: uint64() };
	});
	const data = Math.ceil(at / 32) * 32;
	return {
		metadata,
		tensors: new Map(
			described.map(({ name, dimensions, type, offset }) => {
				const elements = dimensions.reduce((product, dimension) => product * dimension, 1);
				const bytes = bytesOf.get(type)?.(elements) ?? Number.NaN;
				if (offset % 32 !== 0 || data + offset + bytes > file.length) {
					throw new Error(`${name} is out of place`);
				}
				const content = file.subarray(data + offset, data + offset + bytes);
				return [name, { dimensions, type, bytes: content }];
			}),
		),
	};
}
