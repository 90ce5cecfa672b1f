import { float16Values } from "../float16.ts";

/**
 * GGUF's formats in blocks of 32 elements: a half as scale (and another as offset, where the name says so), then the
 * codes. Where codes have 4 bits, a byte holds element i in its low and element i + 16 in its high half.
 *
 * Each product and sum is rounded to float32 once; a half times a small integer needs no rounding at all.
 */
const elements = 32;
const half = elements / 2;

/** The half whose two bytes stand at `at`. */
export function float16At(bytes: Uint8Array, at: number): number {
	return float16Values[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] ?? NaN;
}

/** Q4_0: scale · (code − 8). */
export function decodeQ4(blocks: Uint8Array): Float32Array {
	return decodeBlocks(blocks, 18, (at, values, start) => {
		const scale = float16At(blocks, at);
		for (let i = 0; i < half; i++) {
			const pair = blocks[at + 2 + i] ?? 0;
			values[start + i] = scale * ((pair & 15) - 8);
			values[start + half + i] = scale * ((pair >> 4) - 8);
		}
	});
}

/** Q4_1: scale · code + offset. */
export function decodeQ4Offset(blocks: Uint8Array): Float32Array {
	return decodeBlocks(blocks, 20, (at, values, start) => {
		const scale = float16At(blocks, at);
		const offset = float16At(blocks, at + 2);
		for (let i = 0; i < half; i++) {
			const pair = blocks[at + 4 + i] ?? 0;
			values[start + i] = scale * (pair & 15) + offset;
			values[start + half + i] = scale * (pair >> 4) + offset;
		}
	});
}

/** Q5_0: scale · (code − 16). The fifth bits of all codes stand before the others. */
export function decodeQ5(blocks: Uint8Array): Float32Array {
	return decodeBlocks(blocks, 22, (at, values, start) => {
		const scale = float16At(blocks, at);
		for (let i = 0; i < elements; i++) {
			values[start + i] = scale * (fiveBits(blocks, at + 2, i) - 16);
		}
	});
}

/** Q5_1: scale · code + offset. */
export function decodeQ5Offset(blocks: Uint8Array): Float32Array {
	return decodeBlocks(blocks, 24, (at, values, start) => {
		const scale = float16At(blocks, at);
		const offset = float16At(blocks, at + 2);
		for (let i = 0; i < elements; i++) {
			values[start + i] = scale * fiveBits(blocks, at + 4, i) + offset;
		}
	});
}

/** Q8_0: scale · code, in two's complement. */
export function decodeQ8(blocks: Uint8Array): Float32Array {
	return decodeBlocks(blocks, 34, (at, values, start) => {
		const scale = float16At(blocks, at);
		for (let i = 0; i < elements; i++) {
			values[start + i] = scale * signed(blocks[at + 2 + i] ?? 0);
		}
	});
}

/** A byte in two's complement. */
export const signed = (byte: number): number => (byte << 24) >> 24;

/** Code `i` of a block whose 32 fifth bits start at `at`. */
function fiveBits(blocks: Uint8Array, at: number, i: number): number {
	const pair = blocks[at + 4 + (i % half)] ?? 0;
	const fifth = ((blocks[at + (i >> 3)] ?? 0) >> (i & 7)) & 1;
	return (i < half ? pair & 15 : pair >> 4) | (fifth << 4);
}

function decodeBlocks(
	blocks: Uint8Array,
	blockBytes: number,
	decode: (at: number, values: Float32Array, start: number) => void,
): Float32Array {
	const count = blocks.length / blockBytes;
	const values = new Float32Array(count * elements);
	for (let block = 0; block < count; block++) {
		decode(block * blockBytes, values, block * elements);
	}
	return values;
}
