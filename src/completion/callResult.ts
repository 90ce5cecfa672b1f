import type { GenerateStats } from "../engine/engine.ts";
import { completionAt, type CompletionPlace } from "./completionPlace.ts";
import type { Completion, CompletionOutcome, NoCompletionReason } from "./completionProvider.ts";
import { filterAfterCache } from "./filters/index.ts";

/** How one call of the pipeline ends. */
export interface CallResult {
	readonly outcome: CompletionOutcome;
	readonly stats: Promise<GenerateStats | undefined> | undefined;
}

export function none(reason: NoCompletionReason): CallResult {
	return { outcome: { kind: "none", reason }, stats: undefined };
}

/** `isFitted`: see `Candidate`. */
export function shown(
	place: CompletionPlace,
	text: string,
	origin: Completion["origin"],
	isFitted: boolean,
): CallResult {
	const candidate = filterAfterCache(text, place, isFitted);
	if (candidate === undefined) {
		return none("filteredOut");
	}
	const completion = completionAt(place, candidate.text, candidate.replaceAfter, origin);
	return { outcome: { kind: "completion", completion }, stats: undefined };
}
