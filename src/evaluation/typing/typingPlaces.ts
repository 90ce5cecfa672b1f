import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import { isBlank, maxLineUnits, randomSpanIn, type Line, type Span } from "../codePlaces.ts";
import type { Hole, SourceFile } from "../hole.ts";
import { keysOf } from "../../completion/keys.ts";

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
	const span = await randomSpanIn(file, random, syntax, (lines, row) =>
		spanFrom(file.text, lines, row),
	);
	return span === undefined ? undefined : { ...file, ...span };
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
