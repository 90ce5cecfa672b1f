import { isCloserLine, isClosers } from "../lexical/closerLine.ts";
import type { CompletionFilter } from "./filter.ts";

/** Longer patterns are whole lines, and those are compared as lines. */
const maxPeriod = 120;

/** An answer goes in circles within as many units, or it doesn't. */
const maxSearchedUnits = 4096;

const maxEqualLines = 3;

/** More blocks than these don't end at one place, and end at different columns. */
const maxEqualCloserLines = 6;

/** Rejects a text that runs in circles: small models do when nothing likely is left to say. */
export const repetition: CompletionFilter = (candidate, place) => {
	const { text } = candidate;
	return hasPattern(text.slice(0, maxSearchedUnits)) ||
		repeatsLines(text) ||
		repeatsLineAbove(text, place.linePrefix, place)
		? undefined
		: candidate;
};

/**
 * Whether some part of `text` is one pattern over and over: the units in a row that are the same as those one
 * period before. Linear in the text for each period.
 */
function hasPattern(text: string): boolean {
	for (let period = 1; period <= Math.min(maxPeriod, text.length / 2); period++) {
		let start = 0;
		for (let at = period; at <= text.length; at++) {
			if (at === text.length || text.charCodeAt(at) !== text.charCodeAt(at - period)) {
				if (at - start >= 2 * period && isEndless(text.slice(start, start + period), at - start)) {
					return true;
				}
				start = at - period + 1;
			}
		}
	}
	return false;
}

/** Whether nobody writes `pattern` for so many units in a row. */
function isEndless(pattern: string, units: number): boolean {
	return units >= Math.max(minUnits, pattern.length * minRepeats(pattern));
}

/** Below this a repeat is ordinary code: `0, 0, 0, 0`. */
const minUnits = 24;

function minRepeats(pattern: string): number {
	const { length } = pattern;
	if (pattern.trim() === "") {
		// Indentation, and empty lines, which other filters look after.
		return Infinity;
	}
	if (areClosers(pattern)) {
		return Math.max(maxClosers, maxCloserUnits / length);
	}
	if (isRuler(pattern)) {
		return maxRulerUnits / length;
	}
	if (cells.test(pattern)) {
		return maxCellUnits / length;
	}
	const literals = literalsIn(pattern);
	if (literals > 0) {
		return maxLiterals / literals;
	}
	if (!/[\p{L}\p{N}]/u.test(pattern)) {
		// Empty strings and lists in a table: `"", "", ""`.
		return length <= 4 ? 12 : 8;
	}
	return length <= 4 ? 8 : length <= 20 ? 4 : 3;
}

/** Whether a pattern is of closers, wherever in one of them it begins. */
function areClosers(pattern: string): boolean {
	for (let start = 0; start < pattern.length; start++) {
		if (isClosers(pattern.slice(start) + pattern.slice(0, start))) {
			return true;
		}
	}
	return false;
}

/** So deep is nothing nested. */
const maxClosers = 12;
const maxCloserUnits = 32;

/**
 * How many literals a pattern holds, wherever in one of them it begins: zeros, bytes, `null`, the parts of an identifier
 * that is all zeros. None where it holds anything else.
 */
function literalsIn(pattern: string): number {
	const words = pattern.repeat(3).split(separator);
	const whole = words.slice(1, -1);
	return whole.every((word) => literal.test(word)) ? Math.floor(words.length / 3) : 0;
}

const separator = /[\s,;-]+/;
const literal = /^(?:\d[\d.]{0,8}f?|0x[\da-f]{1,16}|null|nil|none|true|false)$/i;

/** As many stand on a line of a dump. */
const maxLiterals = 17;

/** A row of empty cells. */
const cells = /^[| ]+$/;
const maxCellUnits = 64;

/** What lines across a comment and the borders of tables are drawn with: one sign, or strokes with something between. */
function isRuler(pattern: string): boolean {
	const isOneSign = pattern === pattern.charAt(0).repeat(pattern.length);
	return isOneSign ? rulerSign.test(pattern) : strokes.test(pattern) && stroke.test(pattern);
}

const rulerSign = /^[-=*#~_^+/.\u2500-\u257f]/;
const strokes = /^[-=*#~_+:| \u2500-\u257f]+$/;
const stroke = /[-=*#~_\u2500-\u257f]/;

/** Such a line goes across a page, not on and on. */
const maxRulerUnits = 160;

function repeatsLines(text: string): boolean {
	let equal = 1;
	let previous = "";
	for (const line of text.split("\n").map((each) => each.trimEnd())) {
		const isCloser = isCloserLine(line);
		const isSame = isCloser ? line === previous : line.trim() === previous.trim();
		equal = isSame && hasWord(line) ? equal + 1 : 1;
		if (equal >= (isCloser ? maxEqualCloserLines : maxEqualLines)) {
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
	if (text.includes("\n") || linePrefix.length + text.length > maxComparedLength) {
		return false;
	}
	const line = (linePrefix + text).trim();
	const lineStart = place.offset - linePrefix.length;
	const above = place.text.slice(Math.max(0, lineStart - maxComparedLength), lineStart).trimEnd();
	const lineAbove = above.slice(above.lastIndexOf("\n") + 1).trim();
	return line.length >= minComparedLength && line === lineAbove && !isCloserLine(line);
}

/** Shorter lines, such as `break;` or `end`, come twice for good reasons. */
const minComparedLength = 8;

/** A longer line is no line that somebody writes. */
const maxComparedLength = 500;

function hasWord(line: string): boolean {
	return /[\p{L}\p{N}]{2}/u.test(line.slice(0, maxComparedLength));
}
