import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import { isHighSurrogate } from "../prompt/promptWindow.ts";
import type { Hole, SourceFile } from "./hole.ts";

export const fimKinds = ["restOfLine", "singleLine", "multiLine"] as const;
export type FimKind = (typeof fimKinds)[number];

export interface FimCase extends Hole {
	readonly kind: FimKind;
}

/** A place for a case is looked for this often before a file is given up. */
export const maxTries = 24;

/** Lines above the cursor: without any the task is to guess what the file is about. */
export const minLinesAbove = 5;

/** Shorter lines are closing brackets and keywords; longer ones data. In UTF-16 units. */
const minLineUnits = 10;
export const maxLineUnits = 160;

/** A missing text needs this many signs that show, one of them of a word: `);` says nothing about a model. */
const minTruthUnits = 3;

/** Lines of a multi-line case behind the cursor's. */
const minBlockLines = 2;
const maxBlockLines = 5;

/** About 75 tokens: an answer has room for it. */
const maxTruthUnits = 320;

/**
 * Takes one piece out of a file, at a random place:
 * - restOfLine: the cursor at a random column behind the first sign of a line, and what follows on it;
 * - singleLine: a whole line behind its indentation;
 * - multiLine: the cursor at the end of a line that opens a block (it ends with a bracket or a colon, and
 *   the next line is indented deeper), and the 2 to 5 lines of the block, with the line that closes it unless
 *   that opens another one.
 *
 * Never in a comment or on a line that begins in one or in a string, as far as there is a grammar.
 * Undefined when no place is found. The same for the same numbers of `random`.
 */
export async function fimCaseIn(
	file: SourceFile,
	kind: FimKind,
	random: () => number,
	syntax: SyntaxService,
): Promise<FimCase | undefined> {
	if (!isPlainText(file.text)) {
		return undefined;
	}
	const lines = linesOf(file.text);
	const candidates = lines.length - minLinesAbove;
	for (let tries = 0; candidates > 0 && tries < maxTries; tries++) {
		const row = minLinesAbove + Math.floor(random() * candidates);
		const span = spanAt(file.text, lines, row, kind, random);
		if (span === undefined || !isWorthAsking(file.text.slice(span.start, span.end))) {
			continue;
		}
		if (await isInCode(file, span.start, syntax)) {
			return { kind, ...file, ...span };
		}
	}
	return undefined;
}

/** Elsewhere offsets would be those of another text than the model is given. */
export function isPlainText(text: string): boolean {
	return !text.includes("\r") && !text.startsWith("\uFEFF");
}

/** Whether neither the line of `cursor` begins in a comment or a string, nor `cursor` is in a comment, as far as there is a grammar. */
export async function isInCode(
	{ languageId, text }: SourceFile,
	cursor: number,
	syntax: SyntaxService,
): Promise<boolean> {
	const { signal } = new AbortController();
	const lineStart = text.lastIndexOf("\n", cursor - 1) + 1;
	const indentation = /^\s*/.exec(text.slice(lineStart, cursor))?.[0] ?? "";
	// Behind the line's first sign: in front of it a comment or a string has not begun yet.
	const line = { languageId, text, offset: lineStart + indentation.length + 1 };
	const { kind: lineKind } = await syntax.positionAt(line, signal);
	const { kind } = await syntax.positionAt({ languageId, text, offset: cursor }, signal);
	return lineKind !== "comment" && lineKind !== "string" && kind !== "comment";
}

export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface Line extends Span {
	/** Where its first sign stands; `end` for a blank line. */
	readonly codeStart: number;
}

export function linesOf(text: string): readonly Line[] {
	const lines: Line[] = [];
	let start = 0;
	for (const line of text.split("\n")) {
		const codeStart = start + (line.length - line.trimStart().length);
		lines.push({ start, codeStart, end: start + line.length });
		start += line.length + 1;
	}
	return lines;
}

function spanAt(
	text: string,
	lines: readonly Line[],
	row: number,
	kind: FimKind,
	random: () => number,
): Span | undefined {
	const line = lines[row];
	if (
		line === undefined ||
		line.end - line.start > maxLineUnits ||
		line.end - line.codeStart < minLineUnits
	) {
		return undefined;
	}
	const { codeStart, end } = line;
	switch (kind) {
		case "restOfLine": {
			const column = 1 + Math.floor(random() * (end - codeStart - 1));
			const start = codeStart + column;
			return isHighSurrogate(text, start - 1) ? undefined : { start, end };
		}
		case "singleLine":
			return { start: codeStart, end };
		case "multiLine": {
			const last = lastRowOfBlock(text, lines, row);
			const rows = last - row;
			const blockEnd = lines[last]?.end ?? end;
			return !opensBlock.test(text.slice(codeStart, end)) ||
				rows < minBlockLines ||
				rows > maxBlockLines ||
				blockEnd - end > maxTruthUnits
				? undefined
				: { start: end, end: blockEnd };
		}
	}
}

const opensBlock = /[{([:]$/;

/** The last row of the block that `row` opens, `row` itself when it opens none. */
function lastRowOfBlock(text: string, lines: readonly Line[], row: number): number {
	const depth = depthOf(lines, row);
	let last = row;
	// A longer block isn't asked for, so its end need not be found.
	for (let next = row + 1; next < lines.length && last - row <= maxBlockLines; next++) {
		if (isBlank(lines, next)) {
			continue;
		}
		if (depthOf(lines, next) > depth) {
			last = next;
			continue;
		}
		const first = text.charAt(lines[next]?.codeStart ?? text.length);
		const opens = depthOf(lines, next + 1) > depth && !isBlank(lines, next + 1);
		const closes = depthOf(lines, next) === depth && ")]}".includes(first);
		return last > row && closes && !opens ? next : last;
	}
	return last;
}

function depthOf(lines: readonly Line[], row: number): number {
	const line = lines[row];
	return line === undefined ? 0 : line.codeStart - line.start;
}

function isBlank(lines: readonly Line[], row: number): boolean {
	const line = lines[row];
	return line === undefined || line.codeStart === line.end;
}

function isWorthAsking(truth: string): boolean {
	return truth.replaceAll(/\s/g, "").length >= minTruthUnits && /[\p{L}\p{N}]/u.test(truth);
}
