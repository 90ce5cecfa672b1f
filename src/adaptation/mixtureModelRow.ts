import type { RowSummary } from "../tokenizer/rowSummary.ts";
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

/**
 * Undefined when the row holds no usable numbers, or nothing to be mixed.
 *
 * @param unmixed Ascending.
 * @param summary Of the row, where whoever made it knows; without it the whole row is summed up.
 */
export function modelRow(
	logits: Float32Array,
	unmixed: readonly TokenId[],
	summary?: RowSummary,
): ModelRow | undefined {
	return summary === undefined || unmixed.includes(summary.best)
		? summedRow(logits, unmixed)
		: summarizedRow(logits, unmixed, summary);
}

/** The best token is one of those that are mixed. */
function summarizedRow(
	logits: Float32Array,
	unmixed: readonly TokenId[],
	{ best, bestLogit, logSum }: RowSummary,
): ModelRow | undefined {
	if (!Number.isFinite(bestLogit) || !Number.isFinite(logSum)) {
		return undefined;
	}
	let unmixedShare = 0;
	for (const id of unmixed) {
		unmixedShare += Math.exp((logits[id] ?? -Infinity) - logSum);
	}
	const bestShare = Math.exp(bestLogit - logSum);
	// No less than the best token has, whatever the sums were rounded to.
	const mixedShare = Math.min(1, Math.max(1 - unmixedShare, bestShare));
	return { logits, logSum, best, confidence: Math.min(1, bestShare / mixedShare), mixedShare };
}

function summedRow(logits: Float32Array, unmixed: readonly TokenId[]): ModelRow | undefined {
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
