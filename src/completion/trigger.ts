import type { SyntaxPosition } from "../context/syntax/syntaxService.ts";
import type { CompletionConfig, CompletionRequest } from "./completionProvider.ts";
import { isClosersOnly, type CompletionPlace } from "./completionPlace.ts";

const endsInWord = /[\p{ID_Continue}$]$/u;
const beginsInWord = /^[\p{ID_Continue}$]/u;

/**
 * Whether the text around the cursor is a place to complete. While typing only where nothing but closing
 * brackets and punctuation follows on the line; when asked for, anywhere but in the middle of a word.
 */
export function isPlaceToComplete(
	{ linePrefix, restOfLine }: CompletionPlace,
	trigger: CompletionRequest["trigger"],
): boolean {
	if (trigger === "automatic") {
		return isClosersOnly(restOfLine);
	}
	// One character on each side tells; a line may be as long as the document.
	return !(endsInWord.test(linePrefix.slice(-2)) && beginsInWord.test(restOfLine.slice(0, 2)));
}

/** Whether the settings allow a completion there. Asking for one is permission enough. */
export function isAllowedAt(
	position: SyntaxPosition,
	trigger: CompletionRequest["trigger"],
	config: CompletionConfig,
): boolean {
	if (trigger === "invoked") {
		return true;
	}
	switch (position.kind) {
		case "comment":
			return config.inComments;
		case "string":
			return config.inStrings;
		case "code":
		case "unknown":
			return true;
	}
}
