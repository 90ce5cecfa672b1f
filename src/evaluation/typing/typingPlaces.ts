import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import {
	isInCode,
	isPlainText,
	linesOf,
	maxLineUnits,
	maxTries,
	minLinesAbove,
	type Line,
	type Span,
} from "../fimCases.ts";
import type { Hole, SourceFile } from "../hole.ts";
import { keysOf } from "./keys.ts";

/** Long enough for a block and for a package's names to come twice, short enough for many places in minutes. */
const minKeys = 120;
const maxKeys = 300;

/**
 * Takes whole lines out of a file for somebody to type again: from the line break in front of a random line of code on, until
 * they are worth at least 120 keys. Undefined when no place is found. The same for the same numbers of `random`.
 */
export async function typingPlaceIn(
	file: SourceFile,
	random: () => number,
	syntax: SyntaxService,
): Promise<Hole | undefined> {
	if (!isPlainText(file.text)) {
		return undefined;
	}
	const lines = linesOf(file.text);
	const candidates = lines.length - minLinesAbove;
	for (let tries = 0; candidates > 0 && tries < maxTries; tries++) {
		const row = minLinesAbove + Math.floor(random() * candidates);
		const span = spanFrom(file.text, lines, row);
		const codeStart = lines[row]?.codeStart;
		if (span === undefined || codeStart === undefined) {
			continue;
		}
		if (await isInCode(file, codeStart, syntax)) {
			return { ...file, ...span };
		}
	}
	return undefined;
}

function spanFrom(text: string, lines: readonly Line[], row: number): Span | undefined {
	const start = lines[row - 1]?.end;
	if (start === undefined || isBlank(lines[row])) {
		return undefined;
	}
	for (let last = row; last < lines.length; last++) {
		const line = lines[last];
		if (line === undefined || line.end - line.start > maxLineUnits) {
			return undefined;
		}
		const keys = keysOf(text.slice(start, line.end)).length;
		if (keys > maxKeys) {
			return undefined;
		}
		if (keys >= minKeys && !isBlank(line)) {
			return { start, end: line.end };
		}
	}
	return undefined;
}

function isBlank(line: Line | undefined): boolean {
	return line === undefined || line.codeStart === line.end;
}
