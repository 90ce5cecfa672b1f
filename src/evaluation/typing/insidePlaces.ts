import { isClosersOnly } from "../../completion/completionPlace.ts";
import { keysOf } from "../../completion/keys.ts";
import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import { maxLineUnits, randomSpanIn, type Span } from "../codePlaces.ts";
import type { Hole, SourceFile } from "../hole.ts";
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
	const span = await randomSpanIn(file, random, syntax, (lines, row) => {
		const line = lines[row];
		if (line === undefined || line.end - line.start > maxLineUnits) {
			return undefined;
		}
		const code = file.text.slice(line.codeStart, line.end);
		const pieces = piecesOfLine(code, file.languageId).filter((piece) => isInside(code, piece));
		const piece = pieces[Math.floor(random() * pieces.length)];
		return piece && { start: line.codeStart + piece.start, end: line.codeStart + piece.end };
	});
	return span && { ...file, ...span };
}

function isInside(line: string, { start, end }: Span): boolean {
	const keys = keysOf(line.slice(start, end)).length;
	return keys >= minKeys && keys <= maxKeys && !isClosersOnly(line.slice(end));
}
