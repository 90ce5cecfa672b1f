import type { CompletionFilter } from "./filter.ts";

/**
 * Refuses a text that would take something away from the line which it doesn't bring itself, whatever the filters before
 * made of the two: ghost text adds, it never deletes. White space doesn't count.
 */
export const bringsReplaced: CompletionFilter = (candidate, place) => {
	let at = 0;
	for (const sign of place.restOfLine.slice(0, candidate.replaceAfter)) {
		if (sign.trim() === "") {
			continue;
		}
		at = candidate.text.indexOf(sign, at) + 1;
		if (at === 0) {
			return undefined;
		}
	}
	return candidate;
};
