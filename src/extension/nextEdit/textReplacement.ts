import type { LineEdit } from "../../nextEdit/lineEdit.ts";

/** One replacement as editors make it: lines and columns from 0, columns in UTF-16 units, the end exclusive; breaks in `text` are "\n". */
export interface TextReplacement {
	readonly startLine: number;
	readonly startColumn: number;
	readonly endLine: number;
	readonly endColumn: number;
	readonly text: string;
}

/** A document's lines, asked for one by one. */
export interface LineSource {
	readonly length: number;
	at(line: number): string | undefined;
}

/**
 * What makes an edit in a document of `lines` where it fits. Whatever both texts begin and end with is left alone, so that breakpoints and
 * cursors there stay; a surrogate pair is never taken apart.
 */
export function replacementOf(edit: LineEdit, lines: LineSource): TextReplacement {
	const { line, old, next } = edit;
	if (old.length === 0 || next.length === 0) {
		return wholeLines(edit, lines);
	}
	const [before, after] = [old.join("\n"), next.join("\n")];
	const shorter = Math.min(before.length, after.length);
	let head = 0;
	while (head < shorter && before[head] === after[head]) {
		head++;
	}
	head -= +splitsPair(before, head) | +splitsPair(after, head);
	let tail = 0;
	while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) {
		tail++;
	}
	tail -= +splitsPair(before, before.length - tail) | +splitsPair(after, after.length - tail);
	const [startLine, startColumn] = placeIn(before, head);
	const [endLine, endColumn] = placeIn(before, before.length - tail);
	return {
		...{ startLine: line + startLine, startColumn, endLine: line + endLine, endColumn },
		text: after.slice(head, after.length - tail),
	};
}

/** Lines that come or go as a whole, each with the break behind it, or the one before it at the document's end. */
function wholeLines({ line, old, next }: LineEdit, lines: LineSource): TextReplacement {
	const end = line + old.length;
	const text = next.join("\n");
	if (end < lines.length) {
		return {
			...{ startLine: line, startColumn: 0, endLine: end, endColumn: 0 },
			text: next.length === 0 ? "" : `${text}\n`,
		};
	}
	const [last, lastColumn] = [lines.length - 1, lines.at(lines.length - 1)?.length ?? 0];
	if (line === 0) {
		return { startLine: 0, startColumn: 0, endLine: last, endColumn: lastColumn, text };
	}
	return {
		...{ startLine: line - 1, startColumn: lines.at(line - 1)?.length ?? 0 },
		...{ endLine: last, endColumn: lastColumn },
		text: next.length === 0 ? "" : `\n${text}`,
	};
}

/** Where a replacement's text ends once it is made. */
export function endOfReplacement({
	startLine,
	startColumn,
	text,
}: TextReplacement): readonly [line: number, column: number] {
	const [lines, column] = placeIn(text, text.length);
	return [startLine + lines, lines === 0 ? startColumn + column : column];
}

/** Where the cursor goes once it is made: behind what was written, which of whole lines is the end of the last one. */
export function cursorBehind(
	replacement: TextReplacement,
): readonly [line: number, column: number] {
	const { text } = replacement;
	return endOfReplacement({ ...replacement, text: text.endsWith("\n") ? text.slice(0, -1) : text });
}

function placeIn(text: string, offset: number): readonly [line: number, column: number] {
	const before = text.slice(0, offset).split("\n");
	return [before.length - 1, before.at(-1)?.length ?? 0];
}

function splitsPair(text: string, offset: number): boolean {
	return (
		/[\uD800-\uDBFF]/.test(text.charAt(offset - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(offset))
	);
}
