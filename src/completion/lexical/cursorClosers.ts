import type { LexicalRules } from "./lexicalRules.ts";
import { LexicalScanner } from "./lexicalScanner.ts";
import type { OpenFrame } from "./openFrame.ts";

/** How a text that is put in at the cursor gets on with the closers after it. */
export interface CursorClosers {
	/**
	 * The closers after the cursor that close something from before it, in order: offsets in the rest of the line
	 * where each ends. Those that were looked for only.
	 */
	readonly ends: readonly number[];
	/** How many of these the text closes itself, and doesn't need for what it opened. */
	readonly covered: number;
	/** Offset in the text of the first closer of those, where there is one. */
	readonly firstCoveredAt: number | undefined;
	/**
	 * Signs at the ends of the text's lines and of the text, comments left out, where all of these closers are
	 * closed and nothing of the text's own is open; and the brace of a block that it opens there.
	 */
	readonly signs: ReadonlySet<string>;
	/** For each offset in the text, whether nothing that the text opened is open there. */
	readonly isOutside: (offset: number) => boolean;
}

interface RestCloser {
	readonly close: string;
	readonly end: number;
}

/** A line that is longer was written by a program. What is open so far back is open elsewhere for our purposes. */
const maxPrefixUnits = 4096;
const maxRestUnits = 4096;

export interface ClosersInput {
	/** Of the cursor's line. */
	readonly linePrefix: string;
	readonly restOfLine: string;
	readonly text: string;
	readonly rules: LexicalRules;
	/**
	 * `leading`: the rest begins with closers, and only these count. `anywhere`: there is code between them,
	 * with brackets of its own.
	 */
	readonly where: "leading" | "anywhere";
}

/**
 * Reads the line up to the cursor, then the text. What is open at the cursor is known twice: from what was opened
 * before it, and from the closers that the editor has put after it. Where the two disagree, what comes after the
 * cursor is right: an odd apostrophe may look like the beginning of a string, a closer is one.
 */
export function cursorClosers(input: ClosersInput): CursorClosers {
	const linePrefix = input.linePrefix.slice(-maxPrefixUnits);
	const restOfLine = input.restOfLine.slice(0, maxRestUnits);
	const bounded = { ...input, linePrefix, restOfLine };
	const scanner = new LexicalScanner(linePrefix + input.text + restOfLine, input.rules);
	while (scanner.offset < linePrefix.length) {
		scanner.step(linePrefix.length);
	}
	const before = scanner.open;
	const rest = closersOfRest(bounded, before);
	const aligned = alignBest(before, rest);
	const reading = read(scanner, bounded, rest, aligned);
	const isAstray = reading.isStuckInString && rest.length > 0;
	return isAstray ? readAnew(bounded, rest, reading) : reading.closers;
}

interface Aligned {
	/** The innermost last. */
	readonly frames: readonly OpenFrame[];
	/** For each of `frames`, whether it is closed by one of the rest's closers; these are in order. */
	readonly isInRest: readonly boolean[];
}

/** Brackets among the words of a string often stay open: they count only where the closers are more than the others. */
function alignBest(open: readonly OpenFrame[], rest: readonly RestCloser[]): Aligned {
	const [innermost] = rest;
	const isOpen = open.some(({ close }) => close === innermost?.close);
	if (innermost !== undefined && quotes.has(innermost.close.charAt(0)) && !isOpen) {
		// It closes the string that the cursor is in, whatever that looked like from the left.
		const below = alignBest(open, rest.slice(1));
		return {
			frames: [...below.frames, ...framesFor([innermost])],
			isInRest: [...below.isInRest, true],
		};
	}
	const strict = align(open, rest, (frame) => frame.kind !== "prose");
	const loose = align(open, rest, () => true);
	return loose.frames.length < strict.frames.length ? loose : strict;
}

const quotes: ReadonlySet<string> = new Set(['"', "'", "`"]);

/** Finds for each closer what it closes. Those that close nothing on this line close something further up. */
function align(
	open: readonly OpenFrame[],
	rest: readonly RestCloser[],
	isCandidate: (frame: OpenFrame) => boolean,
): Aligned {
	const isInRest = open.map(() => false);
	let last = open.length;
	let closer = 0;
	for (; closer < rest.length; closer++) {
		const found = open.findLastIndex(
			(frame, index) => index < last && frame.close === rest[closer]?.close && isCandidate(frame),
		);
		if (found < 0) {
			break;
		}
		isInRest[found] = true;
		last = found;
	}
	const beneath = framesFor(rest.slice(closer));
	return {
		frames: [...beneath, ...open],
		isInRest: [...beneath.map(() => true), ...isInRest],
	};
}

/** What the closers of the rest close, by themselves: the outermost first. */
function framesFor(rest: readonly RestCloser[]): readonly OpenFrame[] {
	return rest
		.map(({ close }): OpenFrame => {
			const kind = close === ">" ? "angle" : quotes.has(close.charAt(0)) ? "string" : "bracket";
			const rule =
				kind === "string"
					? {
							delimiter: close,
							holes: close === "`" ? ["${"] : [],
							holePrefixes: [],
							escape: "backslash" as const,
							isMultiline: true,
						}
					: undefined;
			return { close, kind, rule, hasHoleBraces: false };
		})
		.toReversed();
}

interface Reading {
	readonly closers: CursorClosers;
	/** Whether a string from before the cursor never ends, with nothing in the rest to end it. */
	readonly isStuckInString: boolean;
}

function read(
	scanner: LexicalScanner,
	{ linePrefix, text }: ClosersInput,
	rest: readonly RestCloser[],
	{ frames, isInRest }: Aligned,
): Reading {
	scanner.reopen(frames);
	const start = linePrefix.length;
	const end = start + text.length;
	const coveredAt: number[] = [];
	const outside = new Uint8Array(text.length + 1);
	/** How much of what was open at the cursor still is. */
	let floor = frames.length;
	let hasSkipped = false;
	const signs = new Set<string>();
	const noteSign = (): void => {
		if (coveredAt.length === rest.length && scanner.open.length <= floor) {
			signs.add(text.charAt(scanner.inkEnd - start - 1));
		}
	};
	while (scanner.offset < end) {
		const at = scanner.offset;
		const isOutside = scanner.open.length <= floor;
		const closed = scanner.step(end);
		if (isOutside) {
			outside.fill(1, at - start, scanner.offset - start);
		}
		while (floor > scanner.open.length) {
			floor--;
			const isWritten = closed !== undefined && floor === scanner.open.length;
			if (isInRest[floor] === true && isWritten && !hasSkipped) {
				coveredAt.push(at - start);
			}
			// One that ended together with the string around it is still there, and all that come after it.
			hasSkipped ||= isInRest[floor] === true && !isWritten;
		}
		const opened = scanner.open.length > floor ? scanner.open.at(-1) : undefined;
		if (coveredAt.length === rest.length && isOutside && opened?.close === "}") {
			signs.add("{");
		}
		if (text.charAt(at - start) === "\n") {
			noteSign();
		}
	}
	noteSign();
	outside[text.length] = scanner.open.length <= floor ? 1 : 0;
	const own = scanner.open.slice(floor).filter(({ kind }) => kind !== "angle" && kind !== "prose");
	const covered = coveredAt.length - reusable(own, rest.slice(0, coveredAt.length));
	return {
		closers: {
			ends: rest.map((closer) => closer.end),
			covered,
			firstCoveredAt: covered > 0 ? coveredAt[0] : undefined,
			signs,
			isOutside: (offset) => outside[offset] === 1,
		},
		isStuckInString: frames.some(
			({ kind }, index) => kind === "string" && isInRest[index] !== true && index < floor,
		),
	};
}

/** Again, with what the rest of the line says only. Stays with the first reading where this one is no better. */
function readAnew(input: ClosersInput, rest: readonly RestCloser[], first: Reading): CursorClosers {
	const frames = framesFor(rest);
	const scanner = new LexicalScanner(input.linePrefix + input.text + input.restOfLine, input.rules);
	scanner.skipTo(input.linePrefix.length);
	const again = read(scanner, input, rest, { frames, isInRest: frames.map(() => true) });
	return again.closers.covered > first.closers.covered ? again.closers : first.closers;
}

/** How many of the closers that the text wrote itself it needs for what it opened and didn't close. */
function reusable(own: readonly OpenFrame[], covered: readonly RestCloser[]): number {
	for (let count = Math.min(own.length, covered.length); count > 0; count--) {
		const left = covered.slice(covered.length - count);
		if (left.every(({ close }, index) => close === own[own.length - 1 - index]?.close)) {
			return count;
		}
	}
	return 0;
}

/** The closers in the rest of the line that close something from before it. */
function closersOfRest(input: ClosersInput, open: readonly OpenFrame[]): readonly RestCloser[] {
	return input.where === "leading" ? leadingClosers(input, open) : closersAmongCode(input, open);
}

function leadingClosers(
	{ restOfLine: rest, linePrefix }: ClosersInput,
	open: readonly OpenFrame[],
): readonly RestCloser[] {
	const closers: RestCloser[] = [];
	let depth = open.length;
	for (let at = skipSpaces(rest, 0); at < rest.length; at = skipSpaces(rest, at)) {
		const innermost = open[depth - 1];
		const char = rest.charAt(at);
		if (char === "}" && innermost?.hasHoleBraces === true) {
			// Outside of the code in such a string it closes nothing: two of them stand for the sign.
			at++;
			continue;
		}
		const close =
			rawStringEndAt(rest, at, open) ??
			(")]}>".includes(char) ? char : closingQuoteAt(rest, at, open, linePrefix));
		if (close === undefined) {
			break;
		}
		depth -= innermost?.close === close ? 1 : 0;
		at += close.length;
		closers.push({ close, end: at });
	}
	return closers;
}

/** What ends an open string here that begins with a bracket: `)"` of `R"(`. */
function rawStringEndAt(rest: string, at: number, open: readonly OpenFrame[]): string | undefined {
	return open.findLast(
		({ kind, close }) =>
			kind === "string" && !quotes.has(close.charAt(0)) && rest.startsWith(close, at),
	)?.close;
}

/** The delimiter of the string that ends here; undefined for an empty string, which ends nothing. */
function closingQuoteAt(
	rest: string,
	at: number,
	open: readonly OpenFrame[],
	linePrefix: string,
): string | undefined {
	const char = rest.charAt(at);
	if (!quotes.has(char)) {
		return undefined;
	}
	const string = open.findLast(
		({ kind, close }) => kind === "string" && rest.startsWith(close, at),
	);
	if (string !== undefined) {
		return string.close;
	}
	let end = at;
	while (rest.charAt(end) === char) {
		end++;
	}
	const run = end - at;
	if (run === 2) {
		// Two backticks also enclose code in Markdown, where one of them stands in it.
		const isCodeSpan = char === "`" && linePrefix.split("``").length % 2 === 0;
		return isCodeSpan ? "``" : undefined;
	}
	return char.repeat(Math.min(run, 3));
}

function closersAmongCode(
	{ restOfLine, rules }: ClosersInput,
	open: readonly OpenFrame[],
): readonly RestCloser[] {
	const closers: RestCloser[] = [];
	const scanner = new LexicalScanner(restOfLine, rules, open);
	let floor = open.length;
	while (scanner.offset < restOfLine.length) {
		const closed = scanner.step(restOfLine.length);
		if (scanner.open.length < floor) {
			floor = scanner.open.length;
			if (closed !== undefined) {
				closers.push({ close: closed.close, end: scanner.offset });
			}
		}
	}
	return closers;
}

function skipSpaces(text: string, from: number): number {
	let at = from;
	while (text.charAt(at) === " " || text.charAt(at) === "\t") {
		at++;
	}
	return at;
}
