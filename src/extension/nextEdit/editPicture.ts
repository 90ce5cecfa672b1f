import type { LineEdit } from "../../nextEdit/lineEdit.ts";
import { tokensOfLine } from "../../nextEdit/lineTokens.ts";
import { tokenChanges } from "../../nextEdit/tokenDiff.ts";

/** Text that goes: columns of a line in UTF-16 units, the end exclusive. */
export interface Struck {
	readonly line: number;
	readonly start: number;
	readonly end: number;
}

/** Text that comes, drawn at a column of a line. */
export interface Ghost {
	readonly line: number;
	readonly column: number;
	/** As it will be, with "\n" between lines. */
	readonly text: string;
	/** As it is drawn: on one line. */
	readonly drawn: string;
}

/** An edit as a small diff beside the code that it changes. */
export interface EditPicture {
	/** Lines that the mark in the margin stands at: the end is exclusive, at least one. */
	readonly start: number;
	readonly end: number;
	readonly struck: readonly Struck[];
	/** At least one. */
	readonly ghosts: readonly Ghost[];
}

/** More doesn't fit beside the code. In lines, and in UTF-16 units of what comes. */
const maxOldLines = 12;
const maxNewLines = 6;
const maxGhostUnits = 300;

/** Beyond any column: whoever draws knows where the line ends. */
export const lineEnd = 1_000_000;

/** Signs that nobody sees or that turn the text around, but for those which emoji and whole scripts are made of: joiners, and how a sign is drawn. */
const unseen =
	/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]|(?!\u200C|\u200D|\uFE0E|\uFE0F)\p{Default_Ignorable_Code_Point}/u;

const lineBreak = " ⏎ ";
const removal = " ⌫";
const blank = "·";

/**
 * What is shown of an edit in a document of so many lines: all of it. Undefined for one that is too long for that, of which nothing would be seen, or
 * that has signs in it which nobody sees or which turn the text around: nobody could know what they accept.
 */
export function pictureOf(edit: LineEdit, lineCount: number): EditPicture | undefined {
	const { old, next } = edit;
	const units = next.reduce((sum, { length }) => sum + length, 0);
	if (
		old.length > maxOldLines ||
		next.length > maxNewLines ||
		units > maxGhostUnits ||
		[...old, ...next].some((text) => unseen.test(text.replaceAll("\t", "")))
	) {
		return undefined;
	}
	const picture = old.length === 0 ? insertion(edit, lineCount) : rewriting(edit);
	const isSeen =
		picture.struck.some(({ start, end }) => end > start) ||
		picture.ghosts.some(({ drawn }) => drawn.trim() !== "");
	return isSeen ? picture : undefined;
}

function rewriting({ line, old, next }: LineEdit): EditPicture {
	const place = { start: line, end: line + old.length };
	if (old.length === next.length) {
		const pictures = old.map((text, i) => rewrittenLine(line + i, text, next[i] ?? ""));
		return {
			...place,
			struck: pictures.flatMap(({ struck }) => struck),
			ghosts: pictures.flatMap(({ ghosts }) => ghosts),
		};
	}
	const last = { line: line + old.length - 1, column: old.at(-1)?.length ?? 0 };
	const text = next.join("\n");
	return {
		...place,
		struck: old.flatMap((was, i) =>
			was === "" ? [] : [{ line: line + i, start: indent(was), end: was.length }],
		),
		ghosts: [{ ...last, text, drawn: next.length === 0 ? removal : ` ${drawnText(text)}` }],
	};
}

function insertion({ line, next }: LineEdit, lineCount: number): EditPicture {
	const text = next.join("\n");
	if (line === 0) {
		return {
			...{ start: 0, end: 1, struck: [] },
			ghosts: [{ line: 0, column: 0, text, drawn: `${drawnText(text)}${lineBreak}` }],
		};
	}
	const above = Math.min(line, lineCount) - 1;
	return {
		...{ start: above, end: above + 1, struck: [] },
		ghosts: [{ line: above, column: lineEnd, text, drawn: `${lineBreak}${drawnText(text)}` }],
	};
}

function rewrittenLine(
	line: number,
	old: string,
	next: string,
): Pick<EditPicture, "struck" | "ghosts"> {
	if (old === next) {
		return { struck: [], ghosts: [] };
	}
	const [oldTokens, newTokens] = [tokensOfLine(old), tokensOfLine(next)];
	if ((old !== "" && oldTokens.length === 0) || (next !== "" && newTokens.length === 0)) {
		// A line that is too long to have tokens is shown as a whole.
		return {
			struck: old === "" ? [] : [{ line, start: 0, end: old.length }],
			ghosts: [{ line, column: old.length, text: next, drawn: ` ${drawnText(next)}` }],
		};
	}
	const struck: Struck[] = [];
	const ghosts: Ghost[] = [];
	for (const { oldFrom, oldTo, newFrom, newTo } of tokenChanges(oldTokens, newTokens)) {
		const column = oldTokens[oldFrom]?.start ?? old.length;
		const end = oldTo > oldFrom ? (oldTokens[oldTo - 1]?.end ?? old.length) : column;
		const text = newTokens
			.slice(newFrom, newTo)
			.map((token) => token.text)
			.join("");
		if (end > column) {
			struck.push({ line, start: column, end });
		}
		ghosts.push({ line, column: end, text, drawn: text === "" ? "" : drawnText(text) });
	}
	return { struck, ghosts };
}

/** On one line, with blanks that decorations keep, and a sign for each where there is nothing else. */
function drawnText(text: string): string {
	return text
		.split("\n")
		.map((line) => (line.trim() === "" ? blank.repeat(line.length) : line.trim()))
		.join(lineBreak)
		.replaceAll(/\s/g, "\u00a0");
}

function indent(text: string): number {
	return text.length - text.trimStart().length;
}
