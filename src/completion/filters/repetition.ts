import type { CompletionFilter } from "./filter.ts";

/** Repeats of a short pattern that can't be meant, by its length in UTF-16 units. */
const minRepeats = (period: number): number => (period <= 4 ? 8 : period <= 20 ? 4 : 3);

/** Longer patterns are whole lines, and those are compared as lines. */
const maxPeriod = 120;

const maxEqualLines = 3;

/** Rejects a text that runs in circles: small models do when nothing likely is left to say. */
export const repetition: CompletionFilter = (candidate, place) => {
	const { text } = candidate;
	return hasPattern(text) || repeatsLines(text) || repeatsLineAbove(text, place.linePrefix, place)
		? undefined
		: candidate;
};

/**
 * Whether some part of `text` is one pattern over and over: as many units in a row as the pattern needs
 * are the same as those one period before. Linear in the text for each period.
 */
function hasPattern(text: string): boolean {
	for (let period = 1; period <= Math.min(maxPeriod, text.length / 2); period++) {
		const minUnits = Math.max(period * minRepeats(period), minPatternUnits);
		let run = period;
		for (let at = period; at < text.length; at++) {
			run = text.charCodeAt(at) === text.charCodeAt(at - period) ? run + 1 : period;
			if (run >= minUnits && hasLetter(text.slice(at - period + 1, at + 1))) {
				return true;
			}
		}
	}
	return false;
}

/** Below this a repeat is ordinary code: `0, 0, 0, 0`. */
const minPatternUnits = 24;

function hasLetter(text: string): boolean {
	return /[\p{L}\p{N}]/u.test(text);
}

function repeatsLines(text: string): boolean {
	let equal = 1;
	let previous = "";
	for (const line of text.split("\n").map((each) => each.trim())) {
		equal = line === previous && hasWord(line) ? equal + 1 : 1;
		if (equal >= maxEqualLines) {
			return true;
		}
		previous = line;
	}
	return false;
}

/** Whether the first whole line is the same as the one above the cursor, which is hardly ever wanted. */
function repeatsLineAbove(
	text: string,
	linePrefix: string,
	place: { readonly text: string; readonly offset: number },
): boolean {
	const [first = "", ...others] = text.split("\n");
	const line = (linePrefix + first).trim();
	const above = place.text
		.slice(Math.max(0, place.offset - linePrefix.length - 500), place.offset - linePrefix.length)
		.trimEnd();
	const lineAbove = above.slice(above.lastIndexOf("\n") + 1).trim();
	return others.length === 0 && line.length >= minComparedLength && line === lineAbove;
}

/** Shorter lines, such as `break;` or `end`, come twice for good reasons. */
const minComparedLength = 8;

function hasWord(line: string): boolean {
	return /[\p{L}\p{N}]{2}/u.test(line);
}
