import { assert } from "../base/assert.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Votes } from "./mixtureGate.ts";
import type { ModelRow } from "./mixtureModelRow.ts";
import type { Blend } from "./mixtureWeightings.ts";

interface MixedRowParts {
	readonly model: ModelRow;
	/** Ascending. */
	readonly unmixed: readonly TokenId[];
	/** By which the row is mixed. */
	readonly blend: Blend;
	/** By token, above 0 for `ids` only. */
	readonly bonus: Float64Array;
	readonly ids: readonly number[];
	readonly votes: Votes;
	/** One for each weighting. */
	readonly blends: readonly Blend[];
}

export interface MixedChoice {
	readonly id: number;
	/** Among the tokens allowed; in (0, 1]. */
	readonly probability: number;
}

/** The distribution of one token: P(w) = scale · p(w) + floor + bonus(w), and p(w) + bonus(w) where unmixed. */
export class MixedRow {
	readonly #parts: MixedRowParts;
	readonly #unmixed: ReadonlySet<number>;
	readonly #scale: number;
	readonly #floor: number;

	constructor(parts: MixedRowParts) {
		const { blend, model, unmixed } = parts;
		this.#parts = parts;
		this.#unmixed = new Set<number>(unmixed);
		this.#scale = blend.model;
		this.#floor = (model.mixedShare * blend.uniform) / (model.logits.length - this.#unmixed.size);
	}

	/** In [0, 1]; over the whole vocabulary they sum to 1. */
	probabilityOf(id: number): number {
		const bonus = this.#parts.bonus[id] ?? 0;
		const own = this.#modelProbability(id);
		return this.#unmixed.has(id) ? own + bonus : this.#scale * own + this.#floor + bonus;
	}

	/**
	 * The most likely token, the lowest id among equals. Only the model's best, those with a bonus and the unmixed
	 * ones can be it: all others have a lower p(w) than the model's best, and nothing else.
	 *
	 * @param allowed When given, only these tokens count. Not empty.
	 */
	best(allowed?: readonly TokenId[]): MixedChoice {
		const { model, ids, unmixed } = this.#parts;
		if (allowed === undefined) {
			const likeliest = this.#likeliestOf([model.best, ...ids, ...unmixed]);
			return { id: likeliest.id, probability: clamp(likeliest.probability) };
		}
		assert(allowed.length > 0, "some token must be allowed");
		const likeliest = this.#likeliestOf(allowed);
		let sum = 0;
		for (const id of allowed) {
			sum += this.probabilityOf(id);
		}
		return { id: likeliest.id, probability: clamp(likeliest.probability / sum) };
	}

	/** The whole distribution as natural logarithms, for samplers that take logits. A new array. */
	logProbabilities(): Float32Array {
		const row = new Float32Array(this.#parts.model.logits.length);
		for (let id = 0; id < row.length; id++) {
			row[id] = Math.log(this.probabilityOf(id));
		}
		return row;
	}

	/** How much of a token's probability came from the counts, in [0, 1]. */
	shareOfCounts(id: number): number {
		const probability = this.probabilityOf(id);
		return probability > 0 ? (this.#parts.bonus[id] ?? 0) / probability : 0;
	}

	/** What each weighting gives `id`: for `MixtureWeights.learn`, when `id` is the token that came. */
	probabilitiesByWeighting(id: number): readonly number[] {
		const { votes, blends, model } = this.#parts;
		const votesFor = { file: 0, repository: 0 };
		for (const { kind, successors, weight } of votes.contexts) {
			const { ids, counts, total } = successors;
			votesFor[kind] += (weight * (counts[indexOf(ids, id)] ?? 0)) / total;
		}
		const own = this.#modelProbability(id);
		const isUnmixed = this.#unmixed.has(id);
		const uniform = model.mixedShare / (model.logits.length - this.#unmixed.size);
		return blends.map((blend) => {
			const bonus =
				model.mixedShare * (blend.file * votesFor.file + blend.repository * votesFor.repository);
			return isUnmixed ? own + bonus : blend.model * own + blend.uniform * uniform + bonus;
		});
	}

	#modelProbability(id: number): number {
		const { logits, logSum } = this.#parts.model;
		return Math.exp((logits[id] ?? NaN) - logSum);
	}

	#likeliestOf(ids: readonly number[]): MixedChoice {
		let best = -1;
		let highest = -Infinity;
		for (const id of ids) {
			const probability = this.probabilityOf(id);
			if (probability > highest || (probability === highest && id < best)) {
				highest = probability;
				best = id;
			}
		}
		return { id: best, probability: highest };
	}
}

/** As the sampler reports probabilities: never 0, which would end every product of them. */
function clamp(probability: number): number {
	return Math.min(1, Math.max(probability, Number.MIN_VALUE));
}

/** Place of `id` in ascending `ids`, or −1. */
function indexOf(ids: ArrayLike<number>, id: number): number {
	let low = 0;
	let high = ids.length - 1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		const found = ids[middle] ?? 0;
		if (found === id) {
			return middle;
		}
		if (found < id) {
			low = middle + 1;
		} else {
			high = middle - 1;
		}
	}
	return -1;
}
