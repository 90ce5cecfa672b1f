import { assert } from "../base/assert.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { ModelRow } from "./mixtureModelRow.ts";
import type { NgramCounts, Successors } from "./ngramCounts.ts";
import { fittedGate, minAgreement, minShare, type GateConstants } from "./mixtureTable.ts";

/** What a source holds: the live text of the file at hand, or all other files. */
export type SourceKind = "file" | "repository";

export interface MixtureSource {
	readonly kind: SourceKind;
	readonly counts: NgramCounts;
}

/** No source is asked for more tokens of context, and none is weighed beyond this order. */
export const maxOrder = 8;

/** A context that was seen, and how much its vote counts. */
export interface Vote {
	readonly kind: SourceKind;
	readonly successors: Successors;
	/** Share of the whole, in (0, 1). */
	readonly weight: number;
}

/** The model's share and the contexts', which sum to 1. */
export interface Votes {
	readonly model: number;
	readonly contexts: readonly Vote[];
}

/** What each source knows about the end of `context`, in no particular order. */
export interface Evidence {
	readonly kind: SourceKind;
	readonly successors: Successors;
	/** Binary logarithms of the number of successors, and of how many are different. */
	readonly total: number;
	readonly distinct: number;
	/** The most frequent successor, the lowest id among equals, and its share, in (0, 1]. */
	readonly likeliest: number;
	readonly determinism: number;
}

/** Empty when no source has seen the last token followed by anything. */
export function evidenceOf(
	sources: readonly MixtureSource[],
	context: readonly TokenId[],
): readonly Evidence[] {
	const evidence: Evidence[] = [];
	const end = context.slice(-maxOrder);
	for (const { kind, counts } of sources) {
		for (const successors of counts.successors(end)) {
			const { ids, total, order } = successors;
			assert(order >= 1 && order <= maxOrder && ids.length > 0, "a context was seen");
			const at = placeOfHighest(successors);
			evidence.push({
				kind,
				successors,
				total: Math.log2(total),
				distinct: Math.log2(ids.length),
				likeliest: ids[at] ?? 0,
				determinism: (successors.counts[at] ?? 0) / total,
			});
		}
	}
	return evidence;
}

/**
 * Shares the vote between the model and the contexts: a softmax over one linear score each. It is the gate of a
 * mixture of experts (Jacobs et al., "Adaptive mixtures of local experts", 1991) whose experts are the model and
 * the relative frequencies c(w)/t of every context. The features are those by which Witten and Bell's method C
 * (1991) weighs a context (t, and u different successors), PPM's determinism, how sure the model is and what it thinks
 * of the token that the context speaks for; a recursion with Witten and Bell's weights is one of the settings that such
 * a gate can take.
 */
export function gate(
	evidence: readonly Evidence[],
	{ confidence, logits, logSum }: Pick<ModelRow, "confidence" | "logits" | "logSum">,
): Votes {
	const logConfidence = Math.log(Math.max(confidence, minShare));
	const logDoubt = Math.log(Math.max(1 - confidence, minShare));
	const scores = evidence.map((context) => {
		const constants = constantsFor(context);
		const agreement = (logits[context.likeliest] ?? -Infinity) - logSum;
		return (
			constants.bias +
			constants.confidence * logConfidence +
			constants.doubt * logDoubt +
			constants.agreement * Math.max(agreement, minAgreement) +
			constants.total * context.total +
			constants.distinct * context.distinct +
			constants.determinism * context.determinism
		);
	});
	// The model's own score is 0.
	const highest = scores.reduce((most, score) => Math.max(most, score), 0);
	const model = Math.exp(-highest);
	const weights = scores.map((score) => Math.exp(score - highest));
	const sum = weights.reduce((all, weight) => all + weight, model);
	return {
		model: model / sum,
		contexts: evidence.map(({ kind, successors }, i) => ({
			kind,
			successors,
			weight: (weights[i] ?? 0) / sum,
		})),
	};
}

function constantsFor({ kind, successors }: Evidence): GateConstants {
	const constants = fittedGate[kind][successors.order - 1];
	assert(constants !== undefined, "the table has a row for every order");
	return constants;
}

/** The first of the highest counts. */
function placeOfHighest({ counts }: Successors): number {
	let highest = 0;
	let place = 0;
	// By index: a frequent token has thousands of successors, and iterators take several times as long.
	let i = 0;
	while (i < counts.length) {
		const count = counts[i] ?? 0;
		if (count > highest) {
			highest = count;
			place = i;
		}
		i++;
	}
	return place;
}
