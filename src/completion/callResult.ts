import type { GenerateStats } from "../engine/engine.ts";
import type { AnswerFigures } from "./answerFigures.ts";
import { completionAt, type CompletionPlace } from "./completionPlace.ts";
import type { Completion, CompletionOutcome, NoCompletionReason } from "./completionProvider.ts";
import { judgeAfterCache, type FilterName } from "./filters/index.ts";

/** How one call of the pipeline ends. */
export interface CallResult {
	readonly outcome: CompletionOutcome;
	readonly stats: Promise<GenerateStats | undefined> | undefined;
	/** Of an answer that nothing was shown of. */
	readonly answer?: AnswerFigures;
	/** The filter that rejected the text. */
	readonly rejectedBy?: FilterName;
	/** Why the engine or the server failed, in a sentence. */
	readonly fault?: string;
}

export function none(reason: NoCompletionReason): CallResult {
	return { outcome: { kind: "none", reason }, stats: undefined };
}

export function rejected(by: FilterName): CallResult {
	return { ...none("filteredOut"), rejectedBy: by };
}

/** `isFitted`: see `Candidate`. */
export function shown(
	place: CompletionPlace,
	text: string,
	origin: Completion["origin"],
	isFitted: boolean,
): CallResult {
	const judged = judgeAfterCache(text, place, isFitted);
	if (judged.kind === "rejected") {
		return rejected(judged.by);
	}
	const { text: fitted, replaceAfter } = judged.candidate;
	const completion = completionAt(place, fitted, replaceAfter, origin);
	return { outcome: { kind: "completion", completion }, stats: undefined };
}
