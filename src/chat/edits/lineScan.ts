import type { CodeLanguage } from "./codeLanguage.ts";
import { hereDocumentEnd, hereDocumentOf, rawLiteralAt } from "./longLiterals.ts";

/** What is open where a line begins and ends. */
export interface ScannedLine {
	/** The line begins inside of a literal or comment that began on an earlier one. */
	readonly isInside: boolean;
	/** Brackets that are open; 0 everywhere in a text whose brackets don't match. */
	readonly depthBefore: number;
	readonly depthAfter: number;
	/** Where the bracket stands that the line's first character closes. */
	readonly opener: number | undefined;
}

interface OpenLiteral {
	readonly close: string;
	readonly hasEscapes: boolean;
	/** A line of its own closes it. */
	readonly isHereDocument?: boolean;
}

/** A longer line is data or was made by a tool, and counts as one without brackets, in UTF-16 units. */
const maxLineLength = 10_000;

/** Brackets, literals and comments, line by line: as much of a tokenizer as telling blocks apart takes. */
export function scanLines(
	lines: readonly string[],
	language: CodeLanguage,
): readonly ScannedLine[] {
	const brackets: number[] = [];
	const scanned: ScannedLine[] = [];
	let open: OpenLiteral | undefined;
	let isMatched = true;
	const ends = new Set(lines.map(hereDocumentEnd));
	for (const [at, line] of lines.entries()) {
		const isInside = open !== undefined;
		const depthBefore = brackets.length;
		let opener: number | undefined;
		let isFirst = true;
		const isCode = line.length <= maxLineLength;
		for (const token of isCode ? tokensOf(line, language, open) : []) {
			if (token.kind === "open") {
				brackets.push(at);
			} else if (token.kind === "close") {
				const from = brackets.pop();
				opener = isFirst ? from : opener;
				isMatched &&= from !== undefined;
			}
			open = token.literal;
			isFirst = false;
		}
		if (open === undefined && isCode) {
			const close = hereDocumentOf(line, language, ends);
			open = close === undefined ? undefined : { close, hasEscapes: false, isHereDocument: true };
		}
		scanned.push({ isInside, depthBefore, depthAfter: brackets.length, opener });
	}
	return isMatched && brackets.length === 0
		? scanned
		: scanned.map((line) => ({ ...line, depthBefore: 0, depthAfter: 0, opener: undefined }));
}

interface Token {
	readonly kind: "open" | "close" | "other";
	/** What is open behind it. */
	readonly literal: OpenLiteral | undefined;
}

function* tokensOf(
	line: string,
	language: CodeLanguage,
	openBefore: OpenLiteral | undefined,
): Generator<Token, void, void> {
	let at = 0;
	if (openBefore !== undefined) {
		at = endOfLiteral(line, 0, openBefore);
		if (at < 0) {
			yield { kind: "other", literal: openBefore };
			return;
		}
		yield { kind: "other", literal: undefined };
	}
	let before = "";
	while (at < line.length) {
		const opened = literalAt(line, at, language, before);
		if (opened === "lineComment") {
			return;
		}
		if (opened !== undefined) {
			const end = endOfLiteral(line, at + opened.length, opened);
			if (end < 0 && opened.isLong) {
				yield { kind: "other", literal: opened };
				return;
			}
			yield { kind: "other", literal: undefined };
			// A short literal that isn't closed is none, such as an apostrophe in a text.
			at = end < 0 ? at + opened.length : end;
			before = "x";
			continue;
		}
		const character = line[at] ?? "";
		if (/[([{]/.test(character)) {
			yield { kind: "open", literal: undefined };
		} else if (/[)\]}]/.test(character)) {
			yield { kind: "close", literal: undefined };
		} else if (/\S/.test(character)) {
			yield { kind: "other", literal: undefined };
		}
		before = /\s/.test(character) ? before : character;
		at++;
	}
}

interface OpenedLiteral extends OpenLiteral {
	/** Of what opens it. */
	readonly length: number;
	readonly isLong: boolean;
}

function literalAt(
	line: string,
	at: number,
	language: CodeLanguage,
	before: string,
): OpenedLiteral | "lineComment" | undefined {
	const block = language.blockComments.find(([open]) => line.startsWith(open, at));
	if (block !== undefined) {
		// The braces around a comment in JSX are brackets too, and match by themselves.
		const [open, close] = block;
		return { close, hasEscapes: false, length: open.length, isLong: true };
	}
	const mark = language.lineComments.find((candidate) => line.startsWith(candidate, at));
	if (mark !== undefined && isCommentMark(line, at, mark)) {
		return "lineComment";
	}
	const long = language.longQuotes.find((quote) => line.startsWith(quote, at));
	if (long !== undefined) {
		const hasEscapes = language.id !== "go";
		return { close: long, hasEscapes, length: long.length, isLong: true };
	}
	const raw = rawLiteralAt(line, at, language);
	if (raw !== undefined) {
		return { ...raw, hasEscapes: false, isLong: true };
	}
	const character = line[at];
	if (character === '"' || (character === "'" && language.hasApostropheStrings)) {
		return { close: character, hasEscapes: true, length: 1, isLong: false };
	}
	if (character === "'" && /^'(?:\\.[^']{0,8}|[^'\\])'/.test(line.slice(at, at + 12))) {
		return { close: "'", hasEscapes: true, length: 1, isLong: false };
	}
	if (character === "/" && language.longQuotes[0] === "`" && /^$|[(,=:[!&|?{};>]/.test(before)) {
		return { close: "/", hasEscapes: true, length: 1, isLong: false };
	}
	return undefined;
}

/** A sharp in a word, as in `$#` or `#[`, and a dash after another character open no comment. */
function isCommentMark(line: string, at: number, mark: string): boolean {
	const before = at === 0 ? " " : (line[at - 1] ?? " ");
	return mark === "//"
		? before !== ":"
		: /[\s;)}\]]/.test(before) && !(mark === "#" && line[at + 1] === "[");
}

function endOfLiteral(
	line: string,
	from: number,
	{ close, hasEscapes, isHereDocument = false }: OpenLiteral,
): number {
	if (isHereDocument) {
		return hereDocumentEnd(line) === close ? line.length : -1;
	}
	let at = from;
	for (;;) {
		const end = line.indexOf(close, at);
		if (end < 0) {
			return -1;
		}
		let backslashes = 0;
		while (hasEscapes && line[end - 1 - backslashes] === "\\" && end - 1 - backslashes >= from) {
			backslashes++;
		}
		if (backslashes % 2 === 0) {
			return end + close.length;
		}
		at = end + 1;
	}
}
