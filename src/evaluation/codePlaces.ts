import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import type { SourceFile } from "./hole.ts";

/** A place is looked for this often before a file is given up. */
const maxTries = 24;

/** Lines above the cursor: without any the task is to guess what the file is about. */
const minLinesAbove = 5;

/** Longer lines are data. In UTF-16 units. */
export const maxLineUnits = 160;

export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface Line extends Span {
	/** Where its first sign stands; `end` for a blank line. */
	readonly codeStart: number;
}

/** What a row of a file offers, if anything. */
export type SpanAt = (lines: readonly Line[], row: number) => Span | undefined;

/**
 * A piece of a file, at a random place with five lines above it at least: what `spanAt` says of the first random row that
 * it says anything of and that is code. Never in a comment or on a line that begins in one or in a string, as far as
 * there is a grammar. Undefined when no place is found. The same for the same numbers of `random`.
 */
export async function randomSpanIn(
	file: SourceFile,
	random: () => number,
	syntax: SyntaxService,
	spanAt: SpanAt,
): Promise<Span | undefined> {
	if (!isPlainText(file.text)) {
		return undefined;
	}
	const lines = linesOf(file.text);
	const candidates = lines.length - minLinesAbove;
	for (let tries = 0; candidates > 0 && tries < maxTries; tries++) {
		const row = minLinesAbove + Math.floor(random() * candidates);
		const span = spanAt(lines, row);
		// What begins with the end of a line, or with its indentation, is judged by the code behind that.
		const codeStart = Math.max(span?.start ?? 0, lines[row]?.codeStart ?? 0);
		if (span !== undefined && (await isInCode(file, codeStart, syntax))) {
			return span;
		}
	}
	return undefined;
}

/** Elsewhere offsets would be those of another text than the model is given. */
function isPlainText(text: string): boolean {
	return !text.includes("\r") && !text.startsWith("\uFEFF");
}

/**
 * Whether the line of `cursor` begins neither in a comment nor in a string, and `cursor` isn't in a comment, as far as
 * there is a grammar.
 */
async function isInCode(
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

function linesOf(text: string): readonly Line[] {
	const lines: Line[] = [];
	let start = 0;
	for (const line of text.split("\n")) {
		const codeStart = start + (line.length - line.trimStart().length);
		lines.push({ start, codeStart, end: start + line.length });
		start += line.length + 1;
	}
	return lines;
}

export function isBlank(line: Line | undefined): boolean {
	return line === undefined || line.codeStart === line.end;
}
