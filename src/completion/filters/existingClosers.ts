import { indentationOf } from "../cleaning/indentation.ts";
import { isWithinLine } from "../completionPlace.ts";
import { cursorClosers } from "../lexical/cursorClosers.ts";
import { lexicalRulesOf } from "../lexical/lexicalRules.ts";
import type { CompletionFilter } from "./filter.ts";

/**
 * Replaces the brackets, quotes and punctuation after the cursor that the text brings itself: the editor
 * closed them when they were opened, and with `foo(║)` the answer `a, b)` must not give `foo(a, b))`.
 *
 * Goes through the closers of the text that close something from before the cursor, as long as they are
 * the ones that follow it.
 */
export const existingClosers: CompletionFilter = (candidate, place) => {
	const rest = place.restOfLine;
	if (!place.isFollowed || isWithinLine(place)) {
		return candidate;
	}
	const { text } = candidate;
	const { ends, covered, firstCoveredAt, signs } = cursorClosers({
		linePrefix: place.linePrefix,
		restOfLine: rest,
		text,
		rules: lexicalRulesOf(place.languageId),
		where: "leading",
	});
	const end = rest.trimEnd().length;
	const sign = rest.slice(ends.at(-1) ?? 0).trim();
	const bringsSign = covered === ends.length && (signs.has(sign) || text.trimEnd().endsWith(sign));
	const bringsRest =
		firstCoveredAt !== undefined && text.slice(firstCoveredAt).trimEnd() === rest.trim();
	if (bringsRest || (sign !== "" && bringsSign)) {
		return { ...candidate, replaceAfter: end };
	}
	const isBracket = ")]}".includes(rest.trimStart().charAt(0));
	if (covered === 0 && text.includes("\n") && isBracket) {
		// Several lines between two brackets of one line: the closing one gets its own.
		return { ...candidate, text: `${text}\n${indentationOf(place.linePrefix)}` };
	}
	return { ...candidate, replaceAfter: ends[covered - 1] ?? 0 };
};
