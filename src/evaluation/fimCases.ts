import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import { isHighSurrogate } from "../prompt/promptWindow.ts";
import { isBlank, maxLineUnits, randomSpanIn, type Line, type Span } from "./codePlaces.ts";
import type { Hole, SourceFile } from "./hole.ts";

export const fimKinds = ["restOfLine", "singleLine", "multiLine"] as const;
export type FimKind = (typeof fimKinds)[number];

export interface FimCase extends Hole {
	readonly kind: FimKind;
}

/** Shorter lines are closing brackets and keywords. In UTF-16 units. */
const minLineUnits = 10;

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
	const span = await randomSpanIn(file, random, syntax, (lines, row) => {
		const found = spanAt(file.text, lines, row, kind, random);
		const isWorthIt = found !== undefined && isWorthAsking(file.text.slice(found.start, found.end));
		return isWorthIt ? found : undefined;
	});
	return span === undefined ? undefined : { kind, ...file, ...span };
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
		if (isBlank(lines[next])) {
			continue;
		}
		if (depthOf(lines, next) > depth) {
			last = next;
			continue;
		}
		const first = text.charAt(lines[next]?.codeStart ?? text.length);
		const opens = depthOf(lines, next + 1) > depth && !isBlank(lines[next + 1]);
		const closes = depthOf(lines, next) === depth && ")]}".includes(first);
		return last > row && closes && !opens ? next : last;
	}
	return last;
}

function depthOf(lines: readonly Line[], row: number): number {
	const line = lines[row];
	return line === undefined ? 0 : line.codeStart - line.start;
}

function isWorthAsking(truth: string): boolean {
	return truth.replaceAll(/\s/g, "").length >= minTruthUnits && /[\p{L}\p{N}]/u.test(truth);
}
