import type { SyntaxPosition } from "../context/syntax/syntaxService.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import type {
	CompletionConfig,
	CompletionRequest,
	NoCompletionReason,
} from "./completionProvider.ts";

const endsInWord = /[\p{ID_Continue}$]$/u;
const beginsInWord = /^[\p{ID_Continue}$]/u;

/**
 * Why the model isn't asked at a place, as far as its line tells; undefined where it is. While typing it is asked at the
 * end of a line, closing brackets and punctuation not counted, and within one where something may be put in; when asked
 * for, anywhere but in the middle of a word.
 */
export function silenceAt({
	linePrefix,
	restOfLine,
	slot,
}: CompletionPlace): NoCompletionReason | undefined {
	if (slot !== undefined) {
		return slot.kind === "silent" ? slot.reason : undefined;
	}
	// One character on each side tells; a line may be as long as the document.
	return endsInWord.test(linePrefix.slice(-2)) && beginsInWord.test(restOfLine.slice(0, 2))
		? "insideWord"
		: undefined;
}

/** Why it isn't asked there, as far as the syntax tells. Asking for a completion is permission enough. */
export function silenceIn(
	position: SyntaxPosition,
	place: CompletionPlace,
	trigger: CompletionRequest["trigger"],
	config: CompletionConfig,
): NoCompletionReason | undefined {
	const { kind } = position;
	if (trigger === "invoked" || kind === "code" || kind === "unknown") {
		return undefined;
	}
	if (!(kind === "comment" ? config.inComments : config.inStrings)) {
		return "unsuitablePosition";
	}
	// Words that stand among others could be any.
	const isAmongWords = kind === "comment" || !/^["'`]/.test(place.restOfLine);
	return place.slot !== undefined && isAmongWords ? "insideLine" : undefined;
}
