import { assert } from "../base/assert.ts";

/**
 * The weight format: 4 bits a weight in blocks of 32 along a row, with one float32 scale a block and no
 * zero point (the runtime takes 8). It is GGUF's Q4_0, but for the wider scale.
 *
 * The scale is the value of largest magnitude, with its sign, divided by −8. So that value is exactly −8
 * steps, which makes the format lossless under the runtime's own repacking of expert weights; a scale of
 * magnitude ÷ 7 is not, and costs 12 % rms error there.
 *
 * A block that the format holds exactly only with another scale keeps its values: somebody has quantized it before,
 * with a scale that was fitted to what the weights are used for.
 */
export const q4BlockSize = 32;

/** The value that stands for zero. */
const zeroPoint = 8;
const largestCode = 15;

export interface Q4Rows {
	/** Two weights a byte, the earlier one in the low half: rows × columns ÷ 2. */
	readonly packed: Uint8Array;
	/** One a block: rows × columns ÷ 32. */
	readonly scales: Float32Array;
}

/** Quantizes whole rows. `values.length` must be a multiple of the block size, as the rows' length is. */
export function quantizeQ4(values: Float32Array): Q4Rows {
	assert(values.length % q4BlockSize === 0, "rows consist of whole blocks");
	const packed = new Uint8Array(values.length / 2);
	const scales = new Float32Array(values.length / q4BlockSize);
	for (let block = 0; block < scales.length; block++) {
		const start = block * q4BlockSize;
		const scale = scaleOf(values, start);
		scales[block] = scale;
		for (let i = start; i < start + q4BlockSize; i += 2) {
			packed[i / 2] = code(values[i] ?? 0, scale) | (code(values[i + 1] ?? 0, scale) << 4);
		}
	}
	return { packed, scales };
}

function scaleOf(values: Float32Array, start: number): number {
	const largest = valueOfLargestMagnitude(values, start);
	const usual = Math.fround(largest / -zeroPoint);
	if (largest === 0 || holdsExactly(values, start, usual)) {
		return usual;
	}
	for (let steps = zeroPoint - 1; steps > 0; steps--) {
		const scale = Math.fround(largest / steps);
		if (holdsExactly(values, start, scale)) {
			return scale;
		}
	}
	return usual;
}

/** Whether the values of a block are numbers of steps that there are codes for. Rarely looks at more than two of them. */
function holdsExactly(values: Float32Array, start: number, scale: number): boolean {
	for (let i = start; i < start + q4BlockSize; i++) {
		const value = values[i] ?? 0;
		const steps = Math.round(value / scale);
		if (!(steps >= -zeroPoint && steps < zeroPoint) || Math.fround(steps * scale) !== value) {
			return false;
		}
	}
	return true;
}

function valueOfLargestMagnitude(values: Float32Array, start: number): number {
	let largest = 0;
	for (let i = start; i < start + q4BlockSize; i++) {
		const value = values[i] ?? 0;
		if (Math.abs(value) > Math.abs(largest)) {
			largest = value;
		}
	}
	return largest;
}

function code(value: number, scale: number): number {
	if (scale === 0) {
		return zeroPoint;
	}
	return Math.min(largestCode, Math.max(0, Math.round(value / scale) + zeroPoint));
}
