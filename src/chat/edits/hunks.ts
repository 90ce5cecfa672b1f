import { diffArrays } from "diff";

/**
 * Lines [start, end) of a text become `lines`; start = end inserts. A text is its lines joined with "\n", so
 * one that ends with a line break has an empty last line, and lines and text say exactly the same.
 */
export interface Hunk {
	readonly start: number;
	readonly end: number;
	readonly lines: readonly string[];
}

export interface HunkOptions {
	/** Hunks with at most so many unchanged lines between them become one. */
	readonly mergedGap: number;
}

/**
 * Lines that may differ before a comparison is given up, and everything between the first and the last change is one
 * hunk; 2,000 take about 300 ms on an idle machine. How busy it is doesn't change what somebody is shown.
 */
const maxEditLength = 2000;

/** The hunks that turn `oldText` into `newText`, in order and without overlap. */
export function hunksBetween(
	oldText: string,
	newText: string,
	{ mergedGap }: HunkOptions = { mergedGap: 1 },
): readonly Hunk[] {
	const oldLines = oldText.split("\n");
	const newLines = newText.split("\n");
	const shorter = Math.min(oldLines.length, newLines.length);
	let head = 0;
	while (head < shorter && oldLines[head] === newLines[head]) {
		head++;
	}
	let tail = 0;
	while (tail < shorter - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) {
		tail++;
	}
	const oldMiddle = oldLines.slice(head, oldLines.length - tail);
	const newMiddle = newLines.slice(head, newLines.length - tail);
	if (oldMiddle.length === 0 && newMiddle.length === 0) {
		return [];
	}
	const changes = diffArrays(oldMiddle, newMiddle, { maxEditLength });
	if (changes === undefined) {
		return [{ start: head, end: head + oldMiddle.length, lines: newMiddle }];
	}
	const hunks: Hunk[] = [];
	let at = head;
	for (const { value, added, removed } of changes) {
		if (!added && !removed) {
			at += value.length;
			continue;
		}
		const hunk = added
			? { start: at, end: at, lines: value }
			: { start: at, end: at + value.length, lines: [] };
		at = hunk.end;
		const last = hunks.at(-1);
		if (last !== undefined && hunk.start - last.end <= mergedGap) {
			hunks[hunks.length - 1] = {
				start: last.start,
				end: hunk.end,
				lines: [...last.lines, ...oldLines.slice(last.end, hunk.start), ...hunk.lines],
			};
		} else {
			hunks.push(hunk);
		}
	}
	return hunks;
}

/** `text` with the hunks in it. They are in order, don't overlap, and fit the text. */
export function applyHunks(text: string, hunks: readonly Hunk[]): string {
	const lines = text.split("\n");
	const result: string[] = [];
	let at = 0;
	for (const hunk of hunks) {
		for (; at < hunk.start; at++) {
			result.push(lines[at] ?? "");
		}
		for (const line of hunk.lines) {
			result.push(line);
		}
		at = hunk.end;
	}
	for (; at < lines.length; at++) {
		result.push(lines[at] ?? "");
	}
	return result.join("\n");
}

/** One replacement in a document, as editors take it. Columns are UTF-16 units. */
export interface LineEdit {
	readonly startLine: number;
	readonly startColumn: number;
	readonly endLine: number;
	readonly endColumn: number;
	/** With "\n" line breaks. */
	readonly text: string;
}

/** The hunk as a replacement in the text with these lines. */
export function editOfHunk(hunk: Hunk, lines: readonly string[]): LineEdit {
	const { start, end } = hunk;
	const whole = hunk.lines.join("\n");
	if (end < lines.length) {
		const text = hunk.lines.length === 0 ? "" : `${whole}\n`;
		return { startLine: start, startColumn: 0, endLine: end, endColumn: 0, text };
	}
	// At the end there is no line break behind the hunk: the one before it goes along.
	const endLine = lines.length - 1;
	const endColumn = (lines[endLine] ?? "").length;
	if (start === 0) {
		return { startLine: 0, startColumn: 0, endLine, endColumn, text: whole };
	}
	const startColumn = (lines[start - 1] ?? "").length;
	const text = hunk.lines.length === 0 ? "" : `\n${whole}`;
	return { startLine: start - 1, startColumn, endLine, endColumn, text };
}

/**
 * The hunk, made for one text, moved to where it belongs in another that differs by `changes`; undefined when
 * one of them touches it or so many lines beside it.
 */
export function rebaseHunk(
	hunk: Hunk,
	changes: readonly Hunk[],
	surroundingLines = 1,
): Hunk | undefined {
	const first = hunk.start - surroundingLines;
	const last = hunk.end + surroundingLines;
	let shift = 0;
	for (const change of changes) {
		if (change.end <= first) {
			shift += change.lines.length - (change.end - change.start);
		} else if (change.start < last) {
			return undefined;
		}
	}
	return { start: hunk.start + shift, end: hunk.end + shift, lines: hunk.lines };
}
