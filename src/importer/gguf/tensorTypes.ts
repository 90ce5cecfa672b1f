import { decodeElements } from "../elementDecoding.ts";
import { decodeQ4, decodeQ4Offset, decodeQ5, decodeQ5Offset, decodeQ8 } from "./blockDecoding.ts";
import { decodeQ4K, decodeQ5K, decodeQ6K } from "./superBlockDecoding.ts";

/** In what a tensor of a GGUF file is stored: in blocks of so many elements of a row. */
export interface TensorType {
	readonly name: string;
	readonly blockElements: number;
	readonly blockBytes: number;
	/** Whole blocks to float32. */
	readonly decode: (blocks: Uint8Array) => Float32Array;
	/** Whether our own int4 blocks hold exactly the same values. */
	readonly fitsInt4: boolean;
}

const plain = (name: "F32" | "F16" | "BF16", bytes: number): TensorType => ({
	name,
	blockElements: 1,
	blockBytes: bytes,
	decode: (blocks) => decodeElements(name, blocks),
	fitsInt4: false,
});

const blocks = (
	name: string,
	blockElements: 32 | 256,
	blockBytes: number,
	decode: TensorType["decode"],
): TensorType => ({ name, blockElements, blockBytes, decode, fitsInt4: name === "Q4_0" });

/**
 * By the format's numbers. The types of 32 with an offset and of 5 bits are what converters fall back to where rows
 * aren't multiples of 256.
 */
const types: ReadonlyMap<number, TensorType> = new Map([
	[0, plain("F32", 4)],
	[1, plain("F16", 2)],
	[2, blocks("Q4_0", 32, 18, decodeQ4)],
	[3, blocks("Q4_1", 32, 20, decodeQ4Offset)],
	[6, blocks("Q5_0", 32, 22, decodeQ5)],
	[7, blocks("Q5_1", 32, 24, decodeQ5Offset)],
	[8, blocks("Q8_0", 32, 34, decodeQ8)],
	[12, blocks("Q4_K", 256, 144, decodeQ4K)],
	[13, blocks("Q5_K", 256, 176, decodeQ5K)],
	[14, blocks("Q6_K", 256, 210, decodeQ6K)],
	[30, plain("BF16", 2)],
]);

/** The type with that number in the file; undefined for those that aren't read. */
export function findTensorType(number: number): TensorType | undefined {
	return types.get(number);
}
