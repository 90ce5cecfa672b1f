import { assert } from "../../base/assert.ts";
import type { MixedRow } from "../../adaptation/mixtureRow.ts";
import type { RowSummary } from "../../tokenizer/rowSummary.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { GeneratedToken, SamplingParams } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";
import { candidatesOf, type Candidates } from "./candidates.ts";
import { uniformAt } from "./random.ts";

/**
 * Chooses the token for one logits row. Plain decoding and the verification of a draft use the same
 * sampler, and the choice depends on nothing but its arguments: that is what makes speculative decoding
 * lossless.
 *
 * @param logits One row, of length `vocabularySize`. Not kept.
 * @param index Of the token in the answer, counted from 0: keys the random number.
 * @param allowed When given, only these tokens may be chosen, and probabilities are relative to them.
 *   Not empty, no duplicates.
 * @param mixed When given, the distribution to choose from in place of the model's own.
 * @param summary When given, that of `logits`: the most likely of all tokens is then known without a look at them.
 * @throws EngineError "runtimeFailed" when the row holds no usable numbers.
 */
export type Sampler = (
	logits: Float32Array,
	index: number,
	allowed?: readonly TokenId[],
	mixed?: MixedRow,
	summary?: RowSummary,
) => GeneratedToken;

export function createSampler(params: SamplingParams): Sampler {
	return params.temperature === 0
		? (logits, _index, allowed, mixed, summary) => chooseGreedily(logits, allowed, mixed, summary)
		: (logits, index, allowed, mixed) =>
				chooseAtRandom(mixed?.logProbabilities() ?? logits, index, allowed, params);
}

/** "Chooses" the tokens of an answer that is known, to hear how likely they are. */
export function givenTokens(answer: readonly TokenId[]): Sampler {
	return (logits, index, _allowed, mixed, summary) => {
		const id = answer[index];
		assert(id !== undefined, "no more tokens are asked for than are given");
		if (mixed === undefined && summary !== undefined) {
			const logit = logits[id] ?? NaN;
			return { id, probability: checkedProbability(Math.exp(logit - summary.logSum)) };
		}
		return { id, probability: mixed?.probabilityOf(id) ?? probabilityOf(id, logits, undefined) };
	};
}

/** The most likely token, the lowest id among equals. */
function chooseGreedily(
	logits: Float32Array,
	allowed: readonly TokenId[] | undefined,
	mixed: MixedRow | undefined,
	summary: RowSummary | undefined,
): GeneratedToken {
	if (mixed !== undefined) {
		const { id, probability } = mixed.best(allowed);
		return { id: tokenAt(id), probability };
	}
	if (allowed === undefined && summary !== undefined) {
		const { best, bestLogit, logSum } = summary;
		return { id: best, probability: checkedProbability(Math.exp(bestLogit - logSum)) };
	}
	const best = allowed === undefined ? likeliest(logits) : likeliestOf(logits, allowed);
	return { id: tokenAt(best), probability: probabilityOf(best, logits, allowed) };
}

function chooseAtRandom(
	logits: Float32Array,
	index: number,
	allowed: readonly TokenId[] | undefined,
	{ temperature, topK, topP, seed }: SamplingParams,
): GeneratedToken {
	const best = allowed === undefined ? likeliest(logits) : likeliestOf(logits, allowed);
	const candidates = candidatesOf(logits, allowed, logits[best] ?? NaN, {
		temperature,
		topK,
		topP,
	});
	if (!Number.isFinite(candidates.totalWeight)) {
		throw notNumbers();
	}
	const chosen = draw(candidates, uniformAt(seed, index));
	return { id: tokenAt(chosen), probability: probabilityOf(chosen, logits, allowed) };
}

/** Walks along the cumulative weights; rounding at the end of the walk falls to the last candidate. */
function draw({ ids, weights, totalWeight }: Candidates, uniform: number): number {
	let rest = uniform * totalWeight;
	let last = 0;
	for (let i = 0; i < ids.length; i++) {
		const weight = weights[i] ?? 0;
		if (weight > 0) {
			last = i;
			rest -= weight;
			if (rest < 0) {
				break;
			}
		}
	}
	return ids[last] ?? 0;
}

function likeliest(logits: Float32Array): number {
	let best = 0;
	let highest = -Infinity;
	for (let id = 0; id < logits.length; id++) {
		const logit = logits[id] ?? NaN;
		if (logit > highest) {
			highest = logit;
			best = id;
		}
	}
	return best;
}

function likeliestOf(logits: Float32Array, allowed: readonly TokenId[]): number {
	assert(allowed.length > 0, "some token must be allowed");
	let best = -1;
	let highest = -Infinity;
	for (const id of allowed) {
		const logit = logits[id] ?? NaN;
		if (logit > highest || (logit === highest && id < best)) {
			highest = logit;
			best = id;
		}
	}
	// Every allowed logit is −∞ or not a number; probabilityOf refuses such a row.
	return best === -1 ? (allowed[0] ?? 0) : best;
}

/**
 * Softmax at temperature 1 over all tokens, or over those allowed. The sum is shifted by the chosen
 * token's logit, and so its inverse is the probability. Shifting cannot overflow to a wrong result: where
 * exp does, the probability is below 1e-308 and is reported as the smallest positive number.
 */
function probabilityOf(
	chosen: number,
	logits: Float32Array,
	allowed: readonly TokenId[] | undefined,
): number {
	const shift = logits[chosen] ?? NaN;
	let sum = 0;
	if (allowed === undefined) {
		// By index: iterating over a typed array takes twice as long, and a vocabulary is large.
		let id = 0;
		while (id < logits.length) {
			sum += Math.exp((logits[id] ?? NaN) - shift);
			id++;
		}
	} else {
		for (const id of allowed) {
			sum += Math.exp((logits[id] ?? NaN) - shift);
		}
	}
	return checkedProbability(1 / sum);
}

/** Above 0, for products of probabilities; at most 1, whatever it was rounded to. */
function checkedProbability(probability: number): number {
	if (Number.isNaN(probability)) {
		throw notNumbers();
	}
	return Math.min(1, Math.max(probability, Number.MIN_VALUE));
}

function notNumbers(): EngineError {
	return new EngineError(
		"runtimeFailed",
		"The model computed values that are not numbers; its files may be damaged: install or import it again.",
	);
}
