import { placeOfFragment } from "./fragment.ts";
import { applyHunks } from "./hunks.ts";
import { indentationOf, reindent } from "./indentation.ts";
import type { Merging } from "./merging.ts";
import { hunkAtPlace } from "./placeParts.ts";

/** UTF-16 offsets of a text. */
export interface Range {
	readonly start: number;
	readonly end: number;
}

/** The block as the range's new text, unless it is a longer part of the file that has the range in it. */
export function textOfRange(merging: Merging, text: string, range: Range): string {
	const { block, file, indenting } = merging;
	const place = placeOfFragment(file.lines, block.lines);
	if (place.kind === "found") {
		const start = offsetOfLine(file.lines, place.start);
		const end = offsetOfLine(file.lines, place.end) - 1;
		const isLonger =
			start <= range.start && end >= range.end && end - start > range.end - range.start;
		const isWithin = start >= lineStart(text, range.start) && end <= range.end;
		if (isLonger || isWithin) {
			return applyHunks(text, [hunkAtPlace(merging, block.lines, place)]);
		}
	}
	const before = text.slice(0, range.start);
	const after = text.slice(range.end);
	const ownIndentation = text.slice(lineStart(text, range.start), range.start);
	const isIndented = ownIndentation.trim() === "";
	const replaced = text.slice(range.start, range.end);
	const firstLine = replaced.split("\n").find((line) => line.trim() !== "") ?? "";
	const like = isIndented
		? reindent(
				block.lines,
				indentationOf(ownIndentation + firstLine),
				indenting,
				(at) => block.literals[at] === true,
			)
		: block.lines;
	const body = like.join("\n");
	// The range's first line has its indentation in front of the range already, or has none in it.
	const joined =
		isIndented && body.startsWith(ownIndentation) ? body.slice(ownIndentation.length) : body;
	return before + joined + (replaced.endsWith("\n") ? "\n" : "") + after;
}

function lineStart(text: string, offset: number): number {
	return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function offsetOfLine(lines: readonly string[], line: number): number {
	let offset = 0;
	for (let at = 0; at < line; at++) {
		offset += (lines[at] ?? "").length + 1;
	}
	return offset;
}
