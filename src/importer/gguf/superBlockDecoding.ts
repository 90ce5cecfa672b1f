import { float16At, signed } from "./blockDecoding.ts";

/**
 * GGUF's formats in blocks of 256 elements: small integers scale the parts of a block, and halves scale those.
 * Products are formed in double precision and rounded to float32 once.
 */
const elements = 256;
/** Elements of a part in the formats of 4 and 5 bits. */
const part = 32;

/** Q4_K: scale, offset, 12 bytes with the scales and offsets of 8 parts, then codes of 4 bits. */
export function decodeQ4K(blocks: Uint8Array): Float32Array {
	const codesAt = 16;
	return decodeParts(blocks, 144, (at, number, i) => nibble(blocks, at + codesAt, number, i));
}

/** Q5_K: the same with the fifth bits before the others; bit `number` of byte i belongs to element i of that part. */
export function decodeQ5K(blocks: Uint8Array): Float32Array {
	const fifthsAt = 16;
	const codesAt = 48;
	return decodeParts(blocks, 176, (at, number, i) => {
		const fifth = ((blocks[at + fifthsAt + i] ?? 0) >> number) & 1;
		return nibble(blocks, at + codesAt, number, i) | (fifth << 4);
	});
}

/** Parts lie in pairs: the low halves of 32 bytes are one part, the high halves the next. */
function nibble(blocks: Uint8Array, codesAt: number, number: number, i: number): number {
	const pair = blocks[codesAt + (number >> 1) * part + i] ?? 0;
	return number % 2 === 0 ? pair & 15 : pair >> 4;
}

/** scale · part's scale · code − offset · part's offset. */
function decodeParts(
	blocks: Uint8Array,
	blockBytes: number,
	codeOf: (at: number, number: number, i: number) => number,
): Float32Array {
	const count = blocks.length / blockBytes;
	const values = new Float32Array(count * elements);
	for (let block = 0; block < count; block++) {
		const at = block * blockBytes;
		const scale = float16At(blocks, at);
		const offset = float16At(blocks, at + 2);
		for (let number = 0; number < elements / part; number++) {
			const partScale = scale * sixBits(blocks, at + 4, number, 0);
			const partOffset = offset * sixBits(blocks, at + 4, number, 4);
			const start = block * elements + number * part;
			for (let i = 0; i < part; i++) {
				values[start + i] = partScale * codeOf(at, number, i) - partOffset;
			}
		}
	}
	return values;
}

/**
 * The scale (`shift` 0) or offset (`shift` 4) of a part, 6 bits. Those of the first four parts are the low bits of
 * bytes 0 to 3 (scales) and 4 to 7 (offsets); those of the others have their low bits in bytes 8 to 11 and their high
 * ones where the first four leave two bits.
 */
function sixBits(blocks: Uint8Array, at: number, number: number, shift: 0 | 4): number {
	if (number < 4) {
		return (blocks[at + shift + number] ?? 0) & 63;
	}
	const low = ((blocks[at + 4 + number] ?? 0) >> shift) & 15;
	const high = (blocks[at + shift + number - 4] ?? 0) >> 6;
	return low | (high << 4);
}

/**
 * Q6_K: 128 bytes with the low 4 bits, 64 with the high 2, 16 signed scales of 16 elements each, then the scale of
 * all: scale · part's scale · (code − 32). A half of a block is 4 times 32 elements; the first two of them are the low
 * halves of 64 bytes, the others their high halves, and their high bits share 32 bytes.
 */
export function decodeQ6K(blocks: Uint8Array): Float32Array {
	const blockBytes = 210;
	const count = blocks.length / blockBytes;
	const values = new Float32Array(count * elements);
	for (let i = 0; i < values.length; i++) {
		const at = Math.floor(i / elements) * blockBytes;
		const within = i % elements;
		const upper = within >> 7;
		const quarter = (within >> 5) & 3;
		const lane = within & 31;
		const lowPair = blocks[at + upper * 64 + (quarter & 1) * 32 + lane] ?? 0;
		const low = quarter < 2 ? lowPair & 15 : lowPair >> 4;
		const high = ((blocks[at + 128 + upper * 32 + lane] ?? 0) >> (2 * quarter)) & 3;
		const partScale = signed(blocks[at + 192 + (within >> 4)] ?? 0);
		const scale = float16At(blocks, at + 208);
		values[i] = scale * partScale * ((low | (high << 4)) - 32);
	}
	return values;
}
