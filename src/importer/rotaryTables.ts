export interface RotaryTables {
	/** positions × headDim ÷ 2 */
	readonly cos: Float32Array;
	readonly sin: Float32Array;
}

/**
 * Cosines and sines of rotary position embedding in half-split order: entry (p, i) belongs to the angle
 * p · theta^(−2i ÷ headDim), by which elements i and i + headDim ÷ 2 of a head are rotated.
 */
export function rotaryTables(positions: number, headDim: number, theta: number): RotaryTables {
	const half = headDim / 2;
	const frequencies = Float64Array.from({ length: half }, (_, i) => theta ** ((-2 * i) / headDim));
	const cos = new Float32Array(positions * half);
	const sin = new Float32Array(positions * half);
	for (let position = 0; position < positions; position++) {
		for (const [i, frequency] of frequencies.entries()) {
			cos[position * half + i] = Math.cos(position * frequency);
			sin[position * half + i] = Math.sin(position * frequency);
		}
	}
	return { cos, sin };
}
