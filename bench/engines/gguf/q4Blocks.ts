import { assert } from "../../../src/base/assert.ts";
import { q4BlockSize, type Q4Rows } from "../../../src/importer/q4.ts";
import { float16Bits } from "./float16.ts";

const scaleBytes = 2;
const codeBytes = q4BlockSize / 2;

/** Of 32 weights in GGUF's Q4_0: the scale as a half, then the codes. */
export const q4BlockBytes = scaleBytes + codeBytes;

/**
 * The same weights in GGUF's Q4_0, whose block starts with its scale and pairs element i with element
 * i + 16 in a byte. The codes are the very same; the scale is rounded from a float32 to a half.
 */
export function toGgufQ4({ packed, scales }: Q4Rows): Uint8Array {
	assert(packed.length === scales.length * codeBytes, "each block has a scale");
	const blocks = new Uint8Array(scales.length * q4BlockBytes);
	for (const [block, scale] of scales.entries()) {
		const from = block * codeBytes;
		const to = block * q4BlockBytes;
		const half = float16Bits(scale);
		blocks[to] = half & 0xff;
		blocks[to + 1] = half >>> 8;
		for (let i = 0; i < codeBytes; i++) {
			const low = code(packed, from, i);
			const high = code(packed, from, i + codeBytes);
			blocks[to + scaleBytes + i] = low | (high << 4);
		}
	}
	return blocks;
}

/** The code of element `index` of the block whose codes start at `start`. */
function code(packed: Uint8Array, start: number, index: number): number {
	const pair = packed[start + (index >> 1)] ?? 0;
	return index % 2 === 0 ? pair & 15 : pair >>> 4;
}
