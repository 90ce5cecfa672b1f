import type { Tree } from "web-tree-sitter";
import { enclosingBracket, isEmptyAfter, leafBefore, opensBlock } from "./blocks.ts";
import type { SyntaxLanguage } from "./languages.ts";
import { indentationAt, lineStartAt } from "./lines.ts";
import type { SyntaxExtent } from "./syntaxService.ts";
import { tokensBetween, type SyntaxToken } from "./tokens.ts";

/**
 * Decides how much of an answer is one statement, or the block that it opens.
 *
 * The tree of incomplete code is arbitrary above its leaves: one missing bracket turns a class into an
 * error node. So the decision rests on the tokens, which are right even then: nesting, line breaks,
 * indentation, and which tokens can't end a statement or begin one. The tree says what is code at all
 * (a bracket in a string, comment or regular expression counts for nothing) and where the cursor is.
 *
 * A statement ends at the end of a line only: what the model put on one line stays together.
 */
export interface ExtentInput {
	readonly language: SyntaxLanguage;
	/** The document before the insertion, and its tree. */
	readonly base: Tree;
	readonly text: string;
	readonly offset: number;
	readonly candidate: string;
	/** The tree with the candidate inserted. */
	readonly edited: Tree;
}

/** A line that ends with one of these goes on. */
const unfinishedAfter: ReadonlySet<string> = new Set(
	(
		"= + - * / % & | ^ ~ ! ? : . ?. , && || ?? == === != !== < >= <= => -> := ( [ { " +
		"+= -= *= /= %= &= |= ^= <<= >>= >>>= **= ??= &&= ||= ** << >> >>> :: <- |> \\ @ " +
		"extends implements in of instanceof typeof new await else import export from as satisfies " +
		"keyof and or not is lambda where do try finally case throws"
	).split(" "),
);

/** A line that begins with one of these belongs to the line before. */
const continuesBefore: ReadonlySet<string> = new Set(
	(
		"= + - / % & | ^ ? : . ?. && || ?? == === != !== > >= <= => -> := ** << >> >>> :: |> { " +
		"extends implements in of instanceof as satisfies and or is else catch finally elif except where"
	).split(" "),
);

/** In braces these can't start an entry of a list, so a comma after their line continues them. */
const declarationStarts: ReadonlySet<string> = new Set(["const", "let", "var", "import", "class"]);

export function statementExtent(input: ExtentInput): SyntaxExtent {
	const { language, text, offset, candidate, edited } = input;
	const editedText = text.slice(0, offset) + candidate + text.slice(offset);
	const end = offset + candidate.length;
	const place = placeOf(input);
	let depth = 0;
	let first: SyntaxToken | undefined;
	let last: SyntaxToken | undefined;
	let lastCode: SyntaxToken | undefined;
	/** The first token of the last line: a decorator leads into what comes after it. */
	let lineFirst: SyntaxToken | undefined;
	let hasOpenedBlock = false;
	const lineOfToken = new AdvancingLine(editedText, offset);

	const completeAt = (position: number): SyntaxExtent => ({
		kind: "complete",
		length: Math.max(0, Math.min(position, end) - offset),
	});

	for (const token of tokensBetween(edited, language, editedText, offset, end)) {
		if (token.unterminated) {
			return { kind: "open" };
		}
		const isOnNewLine =
			last !== undefined && editedText.slice(last.end, token.start).includes("\n");
		const startsNewLine =
			isOnNewLine ||
			(last === undefined && candidate.slice(0, token.start - offset).includes("\n"));
		const indentation = lineOfToken.indentationAt(token.start);

		if (place.insideEmptyBlock && language.blocks === "indentation") {
			if (startsNewLine && depth <= 0 && indentation <= place.blockIndentation) {
				return completeAt(last?.end ?? offset);
			}
		} else if (last !== undefined && isOnNewLine && depth <= 0 && !place.insideEmptyBlock) {
			const isFinished =
				token.nesting === -1 ||
				(indentation <= place.indentationOf(editedText, first ?? token) &&
					!continuesBefore.has(token.symbol));
			if (isFinished && lineFirst?.symbol !== "@" && canEndAfter(place, first, lastCode)) {
				return completeAt(last.end);
			}
		}

		depth += token.nesting;
		if (depth < 0) {
			if (place.insideEmptyBlock && language.blocks === "braces") {
				return completeAt(endOfClosers(editedText, token.end, end));
			}
			if (startsNewLine && !place.insideEmptyBlock) {
				return completeAt(last?.end ?? offset);
			}
			// It closes a bracket of the line that the cursor is on, which is part of the statement.
			depth = 0;
		}
		hasOpenedBlock ||=
			token.symbol === "{" || (token.symbol === ":" && isLineEnd(editedText, token));
		if (last === undefined || isOnNewLine) {
			lineFirst = token;
		}
		last = token;
		if (token.kind !== "comment") {
			first ??= token;
			lastCode = token;
		}
	}
	return endOfCandidate();

	/** At the end of the candidate nobody knows what the next line begins with. */
	function endOfCandidate(): SyntaxExtent {
		const isAtLineEnd = last !== undefined && editedText.slice(last.end, end).includes("\n");
		if (last === undefined || !isAtLineEnd || depth > 0 || place.insideEmptyBlock) {
			return { kind: "open" };
		}
		const needsNoLookahead =
			place.isInComment ||
			(language.blocks === "indentation"
				? !hasOpenedBlock && !place.continuesHeader
				: lastCode?.symbol === ";" || (lastCode?.symbol === "," && place.isInList(first)));
		return needsNoLookahead && lineFirst?.symbol !== "@" && canEndAfter(place, first, lastCode)
			? completeAt(last.end)
			: { kind: "open" };
	}
}

/** The line of a place that only ever moves on, so that a long line is searched for its start once. */
class AdvancingLine {
	readonly #text: string;
	#at: number;
	#indentation: number;

	constructor(text: string, at: number) {
		this.#text = text;
		this.#at = at;
		this.#indentation = indentationAt(text, at).length;
	}

	/** Columns of the line that `offset` is on, which isn't before the last one. */
	indentationAt(offset: number): number {
		if (this.#text.slice(this.#at, offset).includes("\n")) {
			this.#indentation = indentationAt(this.#text, offset).length;
		}
		this.#at = offset;
		return this.#indentation;
	}
}

interface Place {
	readonly insideEmptyBlock: boolean;
	/** Columns of the line that opened the empty block. */
	readonly blockIndentation: number;
	readonly isInComment: boolean;
	/** The cursor's line opens a block already, so the block is part of the statement. */
	readonly continuesHeader: boolean;
	/** Whether a comma ends an entry at the cursor, and not only a part of a statement. */
	isInList(first: SyntaxToken | undefined): boolean;
	/** Indentation, in columns, of the statement that `first` is the first new token of. */
	indentationOf(editedText: string, first: SyntaxToken): number;
}

function placeOf({ base, language, text, offset }: ExtentInput): Place {
	const before = leafBefore(base, language, text, offset);
	const insideEmptyBlock =
		before !== undefined &&
		opensBlock(before, language, text) &&
		isEmptyAfter(text, before, offset);
	const lineStart = lineStartAt(text, offset);
	const linePrefix = text.slice(lineStart, offset);
	const bracket = before === undefined ? undefined : enclosingBracket(before, offset);
	const leaf = offset === 0 ? null : base.rootNode.descendantForIndex(offset - 1, offset);
	return {
		insideEmptyBlock,
		blockIndentation: before === undefined ? 0 : indentationAt(text, before.startIndex).length,
		isInComment: leaf !== null && language.commentTypes.has(leaf.type) && leaf.startIndex < offset,
		continuesHeader: linePrefix.trimEnd().endsWith(":"),
		isInList: (first) =>
			bracket !== undefined &&
			(bracket.type !== "{" || first === undefined || !declarationStarts.has(first.symbol)),
		indentationOf: (editedText, first) =>
			linePrefix.trim() === ""
				? indentationAt(editedText, first.start).length
				: indentationAt(text, offset).length,
	};
}

function canEndAfter(
	place: Place,
	first: SyntaxToken | undefined,
	lastCode: SyntaxToken | undefined,
): boolean {
	if (lastCode === undefined) {
		// Only comments so far: they lead into a statement, unless the cursor itself is in one.
		return place.isInComment;
	}
	return (
		!unfinishedAfter.has(lastCode.symbol) || (lastCode.symbol === "," && place.isInList(first))
	);
}

function isLineEnd(text: string, token: SyntaxToken): boolean {
	return /^[ \t]*(?:#.*)?(?:\r?\n|$)/.test(text.slice(token.end, token.end + 200));
}

/** After the bracket that closes a block come those that close what the block stands in: `});`. */
function endOfClosers(text: string, from: number, to: number): number {
	let at = from;
	while (at < to && /[)\]};,]/.test(text.charAt(at))) {
		at++;
	}
	return at;
}
