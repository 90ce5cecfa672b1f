import type { RowSummary } from "../tokenizer/rowSummary.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import { evidenceOf, gate, type MixtureSource, type Vote } from "./mixtureGate.ts";
import { MixedRow } from "./mixtureRow.ts";
import { averageBlend, blendsOf } from "./mixtureWeightings.ts";
import type { MixtureWeights } from "./mixtureWeights.ts";
import { modelRow } from "./mixtureModelRow.ts";

export interface MixtureParts {
	readonly sources: readonly MixtureSource[];
	/** As they are when the mixture is made; what is learned later changes other mixtures only. */
	readonly weights: MixtureWeights;
	/**
	 * Tokens whose probability stays the model's: those that end an answer. They are in no file, so counts would
	 * only ever speak against them.
	 */
	readonly unmixed: readonly TokenId[];
}

/**
 * Mixes the model's distribution with what followed the same context in this file and in the repository (Kuhn and
 * De Mori's cache model, 1990; nested by scope after Hellendoorn and Devanbu, "Are deep neural networks the best
 * choice for modeling source code?", 2017). For one request: mixing depends on nothing but its arguments as long
 * as the sources don't change, so that speculative decoding stays lossless.
 *
 * The mixture is linear in the model's distribution, P(w) = scale · p(w) + floor + bonus(w), where the bonus is
 * above 0 only for tokens that some context was followed by: it costs time for those only, beside one softmax.
 */
export class Mixture {
	readonly #sources: readonly MixtureSource[];
	readonly #trust: readonly number[];
	readonly #unmixed: readonly TokenId[];
	/** Bonus by token, above 0 for `#touched` only. Kept, so that a token costs no memory. */
	#bonus = new Float64Array(0);
	#touched: number[] = [];

	constructor({ sources, weights, unmixed }: MixtureParts) {
		this.#sources = sources;
		this.#trust = weights.trust;
		this.#unmixed = [...new Set(unmixed)].sort((a, b) => a - b);
	}

	/**
	 * The mixture for one logits row after `context`, of which the last 8 tokens count. Valid until the next
	 * call, and as long as `logits` is. Undefined where the model's own distribution stands as it is: when no
	 * source has seen the last token, and for a row without usable numbers. `summary` is the row's, where it is known.
	 */
	mix(
		logits: Float32Array,
		context: readonly TokenId[],
		summary?: RowSummary,
	): MixedRow | undefined {
		const evidence = evidenceOf(this.#sources, context);
		if (evidence.length === 0) {
			return undefined;
		}
		const model = modelRow(logits, this.#unmixed, summary);
		if (model === undefined) {
			return undefined;
		}
		const votes = gate(evidence, model);
		const blends = blendsOf(votes);
		const blend = averageBlend(blends, this.#trust);
		this.#clear(logits.length);
		for (const vote of votes.contexts) {
			this.#add(vote, model.mixedShare * blend[vote.kind]);
		}
		return new MixedRow({
			model,
			unmixed: this.#unmixed,
			blend,
			bonus: this.#bonus,
			ids: this.#touched,
			votes,
			blends,
		});
	}

	#clear(vocabularySize: number): void {
		if (this.#bonus.length === vocabularySize) {
			for (const id of this.#touched) {
				this.#bonus[id] = 0;
			}
		} else {
			this.#bonus = new Float64Array(vocabularySize);
		}
		this.#touched = [];
	}

	#add({ successors: { ids, counts, total }, weight }: Vote, factor: number): void {
		const each = (weight * factor) / total;
		let i = 0;
		while (i < ids.length) {
			const id = ids[i] ?? 0;
			const before = this.#bonus[id] ?? 0;
			if (before === 0) {
				this.#touched.push(id);
			}
			this.#bonus[id] = before + each * (counts[i] ?? 0);
			i++;
		}
	}
}
