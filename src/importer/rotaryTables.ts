/** How the positions of queries and keys are told apart: by turning pairs of elements of a head. */
export interface RotaryPlan {
	/** Elements of a head that are rotated, its first ones; even. */
	readonly dim: number;
	readonly theta: number;
	readonly scaling: RotaryScaling;
}

/** How a model is stretched over more positions than it was first trained with. */
export type RotaryScaling =
	| { readonly kind: "none" }
	| { readonly kind: "linear"; readonly factor: number }
	| Llama3Scaling
	| YarnScaling;

/** Of Llama 3.1: long waves are slowed down, short ones stay, with a ramp between. */
export interface Llama3Scaling {
	readonly kind: "llama3";
	readonly factor: number;
	/** In waves within `originalPositions`: slower ones are slowed down, faster ones than the second stay. */
	readonly lowFrequencyFactor: number;
	readonly highFrequencyFactor: number;
	readonly originalPositions: number;
}

/** YaRN (Peng and others, 2023, section 3.2). */
export interface YarnScaling {
	readonly kind: "yarn";
	readonly factor: number;
	readonly originalPositions: number;
	/** Rotations within `originalPositions`: pairs with more stay, pairs with fewer than the second are slowed down. */
	readonly betaFast: number;
	readonly betaSlow: number;
	/** By which queries and keys are multiplied, beside the rotation. */
	readonly attentionFactor: number;
}

export interface RotaryTables {
	/** positions × dim ÷ 2 */
	readonly cos: Float32Array;
	readonly sin: Float32Array;
}

/**
 * Cosines and sines of rotary position embedding in half-split order: entry (p, i) belongs to the angle
 * p · frequency i, by which elements i and i + dim ÷ 2 of a head are rotated.
 */
export function rotaryTables(positions: number, plan: RotaryPlan): RotaryTables {
	const half = plan.dim / 2;
	const frequencies = rotaryFrequencies(plan);
	const length = plan.scaling.kind === "yarn" ? plan.scaling.attentionFactor : 1;
	const cos = new Float32Array(positions * half);
	const sin = new Float32Array(positions * half);
	for (let position = 0; position < positions; position++) {
		for (const [i, frequency] of frequencies.entries()) {
			cos[position * half + i] = length * Math.cos(position * frequency);
			sin[position * half + i] = length * Math.sin(position * frequency);
		}
	}
	return { cos, sin };
}

/** Radians a position for each of dim ÷ 2 pairs: theta^(−2i ÷ dim), scaled. */
export function rotaryFrequencies({ dim, theta, scaling }: RotaryPlan): Float64Array {
	const plain = Float64Array.from({ length: dim / 2 }, (_, i) => theta ** ((-2 * i) / dim));
	switch (scaling.kind) {
		case "none":
			return plain;
		case "linear":
			return plain.map((frequency) => frequency / scaling.factor);
		case "llama3":
			return plain.map((frequency) =>
				mixed(frequency, scaling.factor, llama3Share(scaling, frequency)),
			);
		case "yarn": {
			const kept = yarnShares(scaling, dim, theta);
			return plain.map((frequency, i) => mixed(frequency, scaling.factor, kept[i] ?? 0));
		}
	}
}

/** A frequency of which the share `kept` stays as it is and the rest is slowed down. */
const mixed = (frequency: number, factor: number, kept: number): number =>
	kept * frequency + ((1 - kept) * frequency) / factor;

function llama3Share(scaling: Llama3Scaling, frequency: number): number {
	const { originalPositions, lowFrequencyFactor: low, highFrequencyFactor: high } = scaling;
	const waves = (originalPositions * frequency) / (2 * Math.PI);
	return clampShare((waves - low) / (high - low));
}

/** By the number of the pair, between the pairs that turn betaFast and betaSlow times. */
function yarnShares(scaling: YarnScaling, dim: number, theta: number): Float64Array {
	const { originalPositions, betaFast, betaSlow } = scaling;
	const pairWith = (rotations: number): number =>
		(dim * Math.log(originalPositions / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
	const first = Math.max(Math.floor(pairWith(betaFast)), 0);
	const last = Math.min(Math.ceil(pairWith(betaSlow)), dim - 1);
	// The reference code's way around a division by zero.
	const length = last === first ? 0.001 : last - first;
	return Float64Array.from({ length: dim / 2 }, (_, i) => 1 - clampShare((i - first) / length));
}

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));
