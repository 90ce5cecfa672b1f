import { isCloserLine } from "../lexical/closerLine.ts";
import type { CompletionFilter } from "./filter.ts";

/** A longer line is compared to its end nowhere: nobody writes it. */
const maxLineUnits = 1000;

/**
 * Rejects a text whose first line is the next line with text already: the model only copied what comes next.
 * A closer at another column is no copy: the inner block ends as the outer one does.
 */
export const nextLineCopy: CompletionFilter = (candidate, place) => {
	const isOnOwnLine = /^[ \t]*\n/.test(candidate.text.slice(0, maxLineUnits));
	const written = candidate.text.trimStart();
	const end = written.indexOf("\n");
	const first = end < 0 ? written : written.slice(0, end);
	const before = isOnOwnLine ? indentationBefore(candidate.text, written) : place.linePrefix;
	if (before.length + first.length > maxLineUnits) {
		return candidate;
	}
	const line = before + first;
	const next = nextLine(place.text, place.suffixStart);
	if (line.trim() !== next?.trim() || !/[\p{L}\p{N}]/u.test(line)) {
		return candidate;
	}
	return isCloserLine(line) && line.trimEnd() !== next.trimEnd() ? candidate : undefined;
};

/** The white space between the line break before the first line with text and that text. */
function indentationBefore(text: string, written: string): string {
	const blank = text.slice(0, text.length - written.length);
	return blank.slice(blank.lastIndexOf("\n") + 1);
}

/** The first line with text after the one that `from` is on. */
function nextLine(text: string, from: number): string | undefined {
	return text
		.slice(from, from + maxLineUnits)
		.split("\n")
		.slice(1)
		.find((line) => line.trim() !== "");
}
