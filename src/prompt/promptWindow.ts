import type { TokenId } from "../tokenizer/tokenizer.ts";

/**
 * Chooses which part of a document goes into a prompt. Pure and deterministic.
 *
 * What matters most is that it doesn't move. In suffix-prefix-middle order everything up to the cursor is
 * reused from the KV cache as long as it is the same as for the last keystroke, so:
 *
 * - the suffix is anchored to the cursor: the lines that follow it, which typing doesn't change;
 * - the prefix begins on a grid that is laid over the text from its start: typing doesn't move it, and the
 *   window drops a whole cell of it only when the budget is exceeded.
 *
 * Cells are encoded one by one. A cell begins with a line break, where no tokenizer of the usual kind
 * merges across, so the tokens are those of the joined text, and only the last cell changes while typing.
 */
export interface WindowInput {
	/** With "\n" line breaks. */
	readonly text: string;
	/** End of the prefix. */
	readonly prefixEnd: number;
	/** Start of the suffix, at or after `prefixEnd`. */
	readonly suffixStart: number;
	readonly maxPrefixTokens: number;
	readonly maxSuffixTokens: number;
	/** Called with the same text again and again: worth remembering results. */
	readonly encode: (text: string) => readonly TokenId[];
}

export interface PromptWindow {
	readonly prefix: readonly TokenId[];
	readonly suffix: readonly TokenId[];
}

/** As many as help; a suffix far from the cursor says little about it. */
const maxSuffixLines = 64;

/** Tokens are shorter on average in any text; longer ones are runs of white space. */
const maxUnitsPerToken = 8;

export function promptWindow(input: WindowInput): PromptWindow {
	return { prefix: prefixTokens(input), suffix: suffixTokens(input) };
}

function prefixTokens(input: WindowInput): readonly TokenId[] {
	const { text, prefixEnd, maxPrefixTokens, encode } = input;
	// A cell has 1 to 2 times this many units: a quarter to a half of the budget in ordinary code.
	const grid =
		maxPrefixTokens < shortWindowTokens
			? Math.max(1, Math.floor(maxPrefixTokens / 2))
			: maxPrefixTokens;
	const firstNeeded = Math.max(
		0,
		Math.floor((prefixEnd - maxPrefixTokens * maxUnitsPerToken) / grid),
	);
	const encoded = (from: number, to: number): readonly TokenId[] =>
		encode(text.slice(from, to).toWellFormed());
	const cells: { readonly start: number; readonly end: number }[] = [];
	let total = firstLineSlack;
	let end = prefixEnd;
	for (let index = Math.floor(prefixEnd / grid); index >= firstNeeded; index--) {
		const start = cellStart(text, index, grid, prefixEnd);
		if (start !== undefined && start < end) {
			const tokens = encoded(start, end);
			if (total + tokens.length > maxPrefixTokens) {
				if (total < maxPrefixTokens / 2) {
					return lastTokens(encoded(start, prefixEnd), maxPrefixTokens);
				}
				break;
			}
			total += tokens.length;
			cells.unshift({ start, end });
			end = start;
		}
	}
	const [first, ...others] = cells;
	if (first === undefined) {
		return [];
	}
	// The window begins with a line, not with the line break before it: so do texts in training.
	const start = text.startsWith("\n", first.start) ? first.start + 1 : first.start;
	return [...encoded(start, first.end), ...others.flatMap((cell) => encoded(cell.start, cell.end))];
}

/** Without the line break before it a line's indentation may take a few tokens more. */
const firstLineSlack = 4;

/**
 * Below, cells are half as large: of a few lines every one counts, and the window may jump more often, since there is little to
 * be read again.
 */
const shortWindowTokens = 256;

/**
 * Where cell `index` of the grid begins: before the first line break in it that a line with text follows.
 * Undefined while there is none before the cursor; a cell full of one line begins at its grid point.
 * Depends on nothing at or after `limit`, so that it is found again with the next keystroke.
 */
export function cellStart(
	text: string,
	index: number,
	grid: number,
	limit: number,
): number | undefined {
	if (index === 0) {
		return 0;
	}
	const point = index * grid;
	const end = Math.min(point + grid, limit - 1);
	for (const at of lineBreaksWithin(text, point, end)) {
		const next = text.charAt(at + 1);
		if (next !== "\n" && next !== "\r" && text.charAt(at - 1) !== "\n") {
			return at;
		}
	}
	return limit > point + grid ? characterStart(text, point) : undefined;
}

/** Looks no further than `to`: the rest of a text may be one line. */
function* lineBreaksWithin(text: string, from: number, to: number): Generator<number, void, void> {
	const part = text.slice(from, Math.max(from, to));
	for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", at + 1)) {
		yield from + at;
	}
}

/** `offset`, or one less where it would split a surrogate pair. */
export function characterStart(text: string, offset: number): number {
	const splits = isHighSurrogate(text, offset - 1) && isLowSurrogate(text, offset);
	return splits ? offset - 1 : offset;
}

export function isHighSurrogate(text: string, offset: number): boolean {
	const unit = text.charCodeAt(offset);
	return unit >= 0xd800 && unit <= 0xdbff;
}

export function isLowSurrogate(text: string, offset: number): boolean {
	const unit = text.charCodeAt(offset);
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * The end of cells that don't fit, where those that do would leave half of the budget unused (long lines, text with more than a
 * token for two units). What is dropped is a multiple of half the budget, so that the start stands still between jumps here too.
 */
function lastTokens(tokens: readonly TokenId[], max: number): readonly TokenId[] {
	const step = Math.max(1, Math.floor(max / 2));
	return tokens.slice(Math.ceil((tokens.length - max) / step) * step);
}

function suffixTokens(input: WindowInput): readonly TokenId[] {
	const { text, suffixStart, maxSuffixTokens, encode } = input;
	if (maxSuffixTokens <= 0) {
		return [];
	}
	const limit = Math.min(text.length, suffixStart + maxSuffixTokens * maxUnitsPerToken);
	let lines = maxSuffixLines;
	let tokens: readonly TokenId[] = [];
	// Tokens a line are nearly even, so two or three rounds are enough; what is left is cut off.
	for (let round = 0; round < 4; round++) {
		const end = endOfLines(text, suffixStart, lines, limit);
		tokens = encode(text.slice(suffixStart, characterStart(text, end)).toWellFormed());
		if (tokens.length <= maxSuffixTokens) {
			return tokens;
		}
		const linesThere = countLines(text, suffixStart, end);
		lines = Math.max(1, Math.floor((linesThere * maxSuffixTokens) / tokens.length));
	}
	return tokens.slice(0, maxSuffixTokens);
}

/** The end of `count` lines from `from` on, their last line break included, and at most `limit`. */
function endOfLines(text: string, from: number, count: number, limit: number): number {
	let end = from;
	let lines = 0;
	// The rest of the cursor's line is the first, even when it is only a line break.
	for (const newline of lineBreaksWithin(text, from, limit)) {
		end = newline + 1;
		lines++;
		if (lines === count) {
			return end;
		}
	}
	return end === from || limit === text.length ? limit : end;
}

function countLines(text: string, from: number, to: number): number {
	const isLastCut = to > from && text.charAt(to - 1) !== "\n";
	return [...lineBreaksWithin(text, from, to)].length + (isLastCut ? 1 : 0);
}
