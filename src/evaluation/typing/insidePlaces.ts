import { isClosersOnly } from "../../completion/completionPlace.ts";
import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import {
	isInCode,
	isPlainText,
	linesOf,
	maxLineUnits,
	maxTries,
	minLinesAbove,
	type Span,
} from "../fimCases.ts";
import type { Hole, SourceFile } from "../hole.ts";
import { keysOf } from "./keys.ts";
import { piecesOfLine } from "./piecesOfLine.ts";

/** One key is no piece to help with; more is a part of a program. */
const minKeys = 2;
const maxKeys = 60;

/**
 * Takes one piece out of a random line of code for somebody to type again, where more than closing brackets follows it on its
 * line: see {@link piecesOfLine}. Undefined when no place is found. The same for the same numbers of `random`.
 */
export async function insidePlaceIn(
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
		const line = lines[minLinesAbove + Math.floor(random() * candidates)];
		if (line === undefined || line.end - line.start > maxLineUnits) {
			continue;
		}
		const code = file.text.slice(line.codeStart, line.end);
		const pieces = piecesOfLine(code, file.languageId).filter((piece) => isInside(code, piece));
		const piece = pieces[Math.floor(random() * pieces.length)];
		if (piece === undefined) {
			continue;
		}
		const hole = { start: line.codeStart + piece.start, end: line.codeStart + piece.end };
		if (await isInCode(file, hole.start, syntax)) {
			return { ...file, ...hole };
		}
	}
	return undefined;
}

function isInside(line: string, { start, end }: Span): boolean {
	const keys = keysOf(line.slice(start, end)).length;
	return keys >= minKeys && keys <= maxKeys && !isClosersOnly(line.slice(end));
}
