import type { TokenId } from "../tokenizer/tokenizer.ts";

/** The model's distribution, as a logits row and what normalizes it. */
export interface ModelRow {
	readonly logits: Float32Array;
	/** Natural logarithm of Σ exp(logit): log p(w) = logit(w) − this. */
	readonly logSum: number;
	/** The token with the highest logit of those that are mixed, the lowest id among equals. */
	readonly best: number;
	/** Its probability among those that are mixed, in (0, 1]. */
	readonly confidence: number;
	/** Probability of all tokens that are mixed, in (0, 1]. */
	readonly mixedShare: number;
}

/** @param unmixed Ascending. Undefined when the row holds no usable numbers, or nothing to be mixed. */
export function modelRow(logits: Float32Array, unmixed: readonly TokenId[]): ModelRow | undefined {
	let best = -1;
	let highest = -Infinity;
	let next = 0;
	for (let id = 0; id < logits.length; id++) {
		if (id === unmixed[next]) {
			next++;
			continue;
		}
		const logit = logits[id] ?? NaN;
		if (logit > highest) {
			highest = logit;
			best = id;
		}
	}
	if (best === -1 || highest === Infinity) {
		return undefined;
	}
	let sum = 0;
	// By index: iterating over a typed array takes twice as long, and a vocabulary is large.
	let at = 0;
	while (at < logits.length) {
		sum += Math.exp((logits[at] ?? NaN) - highest);
		at++;
	}
	let unmixedSum = 0;
	for (const id of unmixed) {
		unmixedSum += Math.exp((logits[id] ?? -Infinity) - highest);
	}
	const mixedSum = sum - unmixedSum;
	// An unmixed token that has nearly everything leaves nothing that could be told apart from rounding.
	if (!(Number.isFinite(sum) && mixedSum > sum * Number.EPSILON)) {
		return undefined;
	}
	return {
		logits,
		logSum: highest + Math.log(sum),
		best,
		confidence: Math.min(1, 1 / mixedSum),
		mixedShare: mixedSum / sum,
	};
}
