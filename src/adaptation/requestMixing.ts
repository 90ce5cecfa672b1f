import { assert } from "../base/assert.ts";
import type { RowSummary } from "../tokenizer/rowSummary.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { AdaptationRequest, AdaptationStats } from "./learning.ts";
import type { LiveText } from "./liveText.ts";
import { Mixture } from "./mixture.ts";
import { maxOrder, type MixtureSource } from "./mixtureGate.ts";
import type { MixedRow } from "./mixtureRow.ts";
import type { MixtureWeights } from "./mixtureWeights.ts";
import type { NgramCounts } from "./ngramCounts.ts";

interface RequestMixingParts {
	readonly request: AdaptationRequest;
	readonly weights: MixtureWeights;
	readonly unmixed: readonly TokenId[];
	/** Of all files but the one at hand. */
	readonly repository: NgramCounts;
	readonly live: LiveText;
	/** Makes `live` hold the text of this request. */
	readonly take: () => void;
}

/**
 * Mixing for one request. The trust in the sources is that of its start: within a request a token's
 * distribution depends on the tokens before it only, not on how they were found.
 */
export class RequestMixing {
	readonly request: AdaptationRequest;
	/** File before repository, for what asks them one after the other. */
	readonly sources: readonly MixtureSource[];
	readonly #weights: MixtureWeights;
	readonly #mixture: Mixture;
	/** The last tokens before the cursor. */
	readonly #tail: readonly TokenId[];
	/** What the model said about the first token of the answer. */
	#firstRow: Float32Array | undefined;
	#mixedTokens = 0;
	#learnedShares = 0;

	constructor({ request, weights, unmixed, repository, live, take }: RequestMixingParts) {
		this.request = request;
		this.sources = [
			{ kind: "file", counts: ofThisRequest(live, take) },
			...(request.repository ? [{ kind: "repository", counts: repository } as const] : []),
		];
		this.#weights = weights;
		this.#mixture = new Mixture({ sources: this.sources, weights, unmixed });
		const { before } = request;
		this.#tail = Array.from(
			{ length: Math.min(maxOrder, before.length) },
			(_, i) => before[before.length - Math.min(maxOrder, before.length) + i],
		).filter((token) => token !== undefined);
	}

	/** The context of the token after `answer`: the last 8 tokens of the text before the cursor and of `answer`. */
	context(answer: readonly TokenId[]): readonly TokenId[] {
		return answer.length >= maxOrder
			? answer.slice(-maxOrder)
			: [...this.#tail, ...answer].slice(-maxOrder);
	}

	/**
	 * The distribution of the token after `answer`, where the model says `row`. Undefined when the model's own
	 * stands. Valid until the next call. `summary` is the row's, where it is known.
	 */
	mix(row: Float32Array, answer: readonly TokenId[], summary?: RowSummary): MixedRow | undefined {
		if (answer.length === 0 && this.#firstRow !== row) {
			this.#firstRow = row.slice();
		}
		return this.#mixture.mix(row, this.context(answer), summary);
	}

	/** A token was chosen from what {@link mix} returned. */
	recordChoice(mixed: MixedRow | undefined, token: TokenId): void {
		if (mixed !== undefined) {
			this.#mixedTokens++;
			this.#learnedShares += mixed.shareOfCounts(token);
		}
	}

	/**
	 * What was typed since tells whom to trust: where `next` goes on behind this request's cursor, its first
	 * token there is the one that the first row of the answer was about.
	 */
	learnFrom(next: AdaptationRequest): void {
		const { file, before } = this.request;
		const typed = next.before[before.length];
		// The last token may be half typed; one with another behind it is whole.
		const isWhole = next.before.length > before.length + 1;
		if (next.file !== file || typed === undefined || !isWhole || this.#firstRow === undefined) {
			return;
		}
		const checked = Math.min(before.length, agreementTokens);
		for (let i = 1; i <= checked; i++) {
			if (before[before.length - i] !== next.before[before.length - i]) {
				return;
			}
		}
		const row = this.#firstRow;
		this.#firstRow = undefined;
		const mixed = this.#mixture.mix(row, this.#tail);
		if (mixed !== undefined) {
			this.#weights.learn(mixed.probabilitiesByWeighting(typed));
		}
	}

	stats(): AdaptationStats {
		assert(this.#learnedShares >= 0, "shares are not negative");
		return {
			mixedTokens: this.#mixedTokens,
			learnedShare:
				this.#mixedTokens === 0 ? 0 : Math.min(1, this.#learnedShares / this.#mixedTokens),
		};
	}
}

/** A request that was interleaved with this one may have left its own text, for the mixture and for drafts. */
function ofThisRequest(live: LiveText, take: () => void): NgramCounts {
	return {
		successors: (context) => {
			take();
			return live.successors(context);
		},
	};
}

/** As many tokens before the old cursor have to be the same for the new one to be its continuation. */
const agreementTokens = 16;
