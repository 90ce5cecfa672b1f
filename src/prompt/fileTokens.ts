import type { TokenId } from "../tokenizer/tokenizer.ts";
import { cellStart, characterStart } from "./promptWindow.ts";

/** A file around the place to fill in, for counting what follows what in it. */
export interface FileTokens {
	readonly before: readonly TokenId[];
	readonly after: readonly TokenId[];
}

export interface FileTokensInput {
	/** With "\n" line breaks. */
	readonly text: string;
	/** End of the prefix. */
	readonly prefixEnd: number;
	/** Start of the suffix, at or after `prefixEnd`. */
	readonly suffixStart: number;
	/** Called with the same text again and again: worth remembering results. */
	readonly encode: (text: string) => readonly TokenId[];
}

/** Cells are encoded and remembered one by one; a keystroke changes one of them. In UTF-16 units. */
const cellUnits = 2048;

/**
 * About 10,000 tokens before the cursor and 5,000 after it. Nearly every file that people write is
 * shorter, and what stands farther away still counts as part of the repository.
 */
const maxCellsBefore = 20;
const maxCellsAfter = 10;

/**
 * The tokens of a file, all of it unless it is very long, as the prompt's window has them. Typing changes
 * the last cell before the cursor and nothing else: those before it lie on a grid from the start of the
 * file, those after it on one from the cursor.
 */
export function fileTokens({ text, prefixEnd, suffixStart, encode }: FileTokensInput): FileTokens {
	const lastCell = Math.floor(prefixEnd / cellUnits);
	const suffixEnd = characterStart(text, suffixStart + cellUnits * maxCellsAfter);
	const suffix = text.slice(suffixStart, suffixEnd);
	return {
		before: encodeCells(
			text.slice(0, prefixEnd),
			Math.max(0, lastCell - maxCellsBefore + 1),
			lastCell,
			encode,
		),
		after: encodeCells(suffix, 0, Math.floor(suffix.length / cellUnits), encode),
	};
}

/** The cells `first` to `last` of the grid over `text`. */
function encodeCells(
	text: string,
	first: number,
	last: number,
	encode: (text: string) => readonly TokenId[],
): TokenId[] {
	const tokens: TokenId[] = [];
	let start = first === 0 ? 0 : undefined;
	for (let index = first; index <= last; index++) {
		start ??= cellStart(text, index, cellUnits, text.length);
		const end =
			cellStart(text, index + 1, cellUnits, text.length) ??
			(index === last ? text.length : undefined);
		if (start !== undefined && end !== undefined && end > start) {
			tokens.push(...encode(text.slice(start, end).toWellFormed()));
			start = end;
		}
	}
	return tokens;
}
