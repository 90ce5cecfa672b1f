import { isWithinLine } from "../completionPlace.ts";
import type { CompletionFilter } from "./filter.ts";

const openerOf: ReadonlyMap<string, string> = new Map([
	[")", "("],
	["]", "["],
	["}", "{"],
]);
const quotes: ReadonlySet<string> = new Set(['"', "'", "`"]);

/**
 * Replaces the brackets, quotes and punctuation after the cursor that the text brings itself: the editor
 * closed them when they were opened, and with `foo(║)` the answer `a, b)` must not give `foo(a, b))`.
 *
 * Goes through the closers of the text that close something from before the cursor, as long as they are
 * the ones that follow it.
 */
export const existingClosers: CompletionFilter = (candidate, place) => {
	const rest = place.restOfLine;
	if (rest.trim() === "" || isWithinLine(place)) {
		return candidate;
	}
	const { text } = candidate;
	let covered = 0;
	for (const at of unmatchedClosers(text, place.linePrefix)) {
		const next = skipSpaces(rest, covered);
		if (rest.charAt(next) !== text.charAt(at)) {
			break;
		}
		covered = next + 1;
		covered = withPunctuation(rest, covered, text, at + 1);
	}
	if (covered === 0 && text.trimEnd().endsWith(rest.trim())) {
		// Signs that aren't brackets: a comma, a colon, an angle bracket.
		covered = rest.trimEnd().length;
	}
	if (covered === 0 && text.includes("\n") && openerOf.has(rest.trimStart().charAt(0))) {
		// Several lines between two brackets of one line: the closing one gets its own.
		const indentation = /^\s*/.exec(place.linePrefix)?.[0] ?? "";
		return { ...candidate, text: `${text}\n${indentation}` };
	}
	return { ...candidate, replaceAfter: covered };
};

/** Offsets in `text` of the brackets and quotes that have their counterpart before the text. */
function unmatchedClosers(text: string, linePrefix: string): readonly number[] {
	const open: string[] = [];
	const unmatched: number[] = [];
	let quote = openQuote(linePrefix);
	let quoteIsOlder = quote !== undefined;
	for (let at = 0; at < text.length; at++) {
		const char = text.charAt(at);
		if (char === "\\" && quote !== undefined) {
			at++;
		} else if (quote !== undefined) {
			if (char === quote) {
				if (quoteIsOlder) {
					unmatched.push(at);
				}
				quote = undefined;
				quoteIsOlder = false;
			} else if (char === "\n" && quote !== "`") {
				// An apostrophe in a comment, not a string.
				quote = undefined;
				quoteIsOlder = false;
			}
		} else if (quotes.has(char)) {
			quote = char;
		} else if (char === "(" || char === "[" || char === "{") {
			open.push(char);
		} else if (openerOf.has(char)) {
			if (open.length === 0) {
				unmatched.push(at);
			} else if (open.at(-1) === openerOf.get(char)) {
				open.pop();
			}
		}
	}
	return unmatched;
}

/** The quote that is open at the end of a line, if any. */
function openQuote(linePrefix: string): string | undefined {
	let quote: string | undefined;
	for (let at = 0; at < linePrefix.length; at++) {
		const char = linePrefix.charAt(at);
		if (char === "\\") {
			at++;
		} else if (quote === undefined && quotes.has(char)) {
			quote = char;
		} else if (quote === char) {
			quote = undefined;
		}
	}
	return quote;
}

/** The end of the `;`, `,`, `:` or `{` after a closer, when the text has the same there. */
function withPunctuation(rest: string, restAt: number, text: string, textAt: number): number {
	const inRest = skipSpaces(rest, restAt);
	const inText = skipSpaces(text, textAt);
	const sign = rest.charAt(inRest);
	return sign !== "" && ";,:{".includes(sign) && text.charAt(inText) === sign ? inRest + 1 : restAt;
}

function skipSpaces(text: string, from: number): number {
	let at = from;
	while (text.charAt(at) === " ") {
		at++;
	}
	return at;
}
