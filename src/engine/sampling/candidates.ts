import type { TokenId } from "../../tokenizer/tokenizer.ts";

/** Tokens that may be drawn, with weights proportional to their probabilities. */
export interface Candidates {
	readonly ids: ArrayLike<number>;
	readonly weights: ArrayLike<number>;
	readonly totalWeight: number;
}

export interface CandidateLimits {
	/** Above 0. */
	readonly temperature: number;
	/** 0 keeps all. */
	readonly topK: number;
	/** In (0, 1]. */
	readonly topP: number;
}

/**
 * What temperature, top-k and top-p leave of one logits row, in this order: top-p counts among the tokens
 * that top-k kept, as in Hugging Face's samplers. Equal weights count in the order of their ids.
 *
 * `highest` is the highest logit among the tokens in question; weights are relative to it.
 */
export function candidatesOf(
	logits: Float32Array,
	allowed: readonly TokenId[] | undefined,
	highest: number,
	{ temperature, topK, topP }: CandidateLimits,
): Candidates {
	const ids = allowed ?? allIds(logits.length);
	const weights = new Float64Array(ids.length);
	let totalWeight = 0;
	for (let i = 0; i < ids.length; i++) {
		const weight = Math.exp(((logits[ids[i] ?? 0] ?? NaN) - highest) / temperature);
		weights[i] = weight;
		totalWeight += weight;
	}
	const all: Candidates = { ids, weights, totalWeight };
	const kept = topK === 0 || topK >= ids.length ? all : heaviest(all, topK);
	return topP === 1 ? kept : nucleus(kept, topP);
}

function allIds(count: number): Uint32Array {
	const ids = new Uint32Array(count);
	for (let id = 0; id < count; id++) {
		ids[id] = id;
	}
	return ids;
}

/** The `count` heaviest, heaviest first. */
function heaviest({ ids, weights }: Candidates, count: number): Candidates {
	// Indices of the best so far, heaviest first. A later equal weight goes behind, so ids break ties.
	const best: number[] = [];
	for (let i = 0; i < ids.length; i++) {
		const weight = weights[i] ?? 0;
		if (best.length === count && weight <= (weights[best[count - 1] ?? 0] ?? 0)) {
			continue;
		}
		let at = best.length;
		while (at > 0 && (weights[best[at - 1] ?? 0] ?? 0) < weight) {
			at--;
		}
		best.splice(at, 0, i);
		best.length = Math.min(best.length, count);
	}
	return pick({ ids, weights }, best);
}

/** The smallest set of heaviest tokens whose share of the weight is at least `topP`. */
function nucleus({ ids, weights, totalWeight }: Candidates, topP: number): Candidates {
	// Tokens below this weight make up less than 1 − topP even if all of them are: none is needed, and
	// only the few above have to be sorted.
	const negligible = ((1 - topP) * totalWeight) / ids.length;
	const order: number[] = [];
	for (let i = 0; i < ids.length; i++) {
		if ((weights[i] ?? 0) >= negligible) {
			order.push(i);
		}
	}
	order.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || (ids[a] ?? 0) - (ids[b] ?? 0));
	let sum = 0;
	let count = 0;
	while (count < order.length && (count === 0 || sum < topP * totalWeight)) {
		sum += weights[order[count] ?? 0] ?? 0;
		count++;
	}
	return pick({ ids, weights }, order.slice(0, count));
}

function pick(
	{ ids, weights }: Pick<Candidates, "ids" | "weights">,
	indices: readonly number[],
): Candidates {
	const pickedWeights = indices.map((i) => weights[i] ?? 0);
	return {
		ids: indices.map((i) => ids[i] ?? 0),
		weights: pickedWeights,
		totalWeight: pickedWeights.reduce((sum, weight) => sum + weight, 0),
	};
}
