import { lexicalRulesOf, type LexicalRules } from "./lexicalRules.ts";
import { LexicalScanner } from "./lexicalScanner.ts";
import type { OpenFrame } from "./openFrame.ts";

/**
 * What may be put in at a cursor that code follows on its line, while somebody types.
 *
 * - `anything`: what follows goes on by itself: a closer, a separator, an operator, a comment, the end of a string;
 * - `item`: an element of a list follows, so that what is put in has to bring one of `separators` at its end;
 * - `word`: a word follows of those that white space separates: attributes, arguments in a shell;
 * - `silent`: nothing is put in there, or it can't be told what.
 */
export type LineSlot =
	| { readonly kind: "anything" }
	| { readonly kind: "item"; readonly separators: string }
	| { readonly kind: "word" }
	| { readonly kind: "silent"; readonly reason: LineSilence };

export type LineSilence =
	/** The cursor stands in a word. */
	| "insideWord"
	/** What follows needs nothing in front of it. */
	| "insideLine"
	/** Longer than a line that somebody writes. */
	| "lineTooLong";

/** Nobody reads what is pushed around in a longer line; programs write it. In UTF-16 units. */
export const maxLineUnits = 400;

interface Line {
	readonly linePrefix: string;
	readonly restOfLine: string;
	readonly languageId: string;
}

const insideLine: LineSlot = { kind: "silent", reason: "insideLine" };
const anything: LineSlot = { kind: "anything" };

/**
 * Reads the cursor's line, whose rest holds more than white space. Knows what stands on it only: not whether a comment
 * or a string began on a line above.
 */
export function lineSlot(line: Line): LineSlot {
	const { linePrefix, restOfLine, languageId } = line;
	// The length is known without a look at the text.
	if (linePrefix.length + restOfLine.length > maxLineUnits) {
		return { kind: "silent", reason: "lineTooLong" };
	}
	if (wordAtEnd.test(linePrefix) && wordAtStart.test(restOfLine)) {
		return { kind: "silent", reason: "insideWord" };
	}
	if (proseLanguages.has(languageId)) {
		return insideLine;
	}
	const rules = lexicalRulesOf(languageId);
	const before = readPrefix(line, rules);
	if (before.isInComment) {
		return insideLine;
	}
	const { delimiter } = before;
	if (delimiter !== undefined) {
		return restOfLine.startsWith(delimiter) ? anything : insideLine;
	}
	const left = before.isInTag ? "tag" : leftOf(linePrefix, before.open, rules);
	if (left !== "list" && tagLanguages.has(languageId) && attributeAtStart.test(restOfLine)) {
		// The tag may have begun on a line above.
		return { kind: "word" };
	}
	return slotBetween(left, linePrefix, rightOf(restOfLine, left, before.open, rules));
}

/** What an element put in at the cursor is, as far as the text before it says. */
type Left =
	/** A list begins or goes on: an element is due. */
	| "list"
	/** An operator or a word that wants something after it. */
	| "operand"
	/** A word that is being written. */
	| "word"
	/** A word, and white space after it: types and names come in pairs in many languages. */
	| "words"
	/** In a tag, where attributes are due. */
	| "tag"
	/** Something whole. */
	| "whole";

type Right =
	/** Closes something, separates, or is no code. */
	| "boundary"
	/** Goes on from an operand. */
	| "operator"
	/** Assigns to what stands before it. */
	| "assignment"
	/** Arguments or an index. */
	| "call"
	/** An operand, or an element of a list. */
	| "value"
	| "attribute";

function slotBetween(left: Left, linePrefix: string, right: Right): LineSlot {
	switch (right) {
		case "boundary":
			return anything;
		case "operator":
			return left === "list" || left === "operand" || left === "word" ? anything : insideLine;
		case "assignment":
			return left === "whole" || left === "tag" ? insideLine : anything;
		case "call":
			return left === "list" || left === "operand" || left === "word" ? anything : insideLine;
		case "attribute":
			return { kind: "word" };
		case "value":
			return left === "list"
				? { kind: "item", separators: separatorsBehind(linePrefix) }
				: insideLine;
	}
}

/** Blocks and clauses hold statements, all else is separated by commas. */
function separatorsBehind(linePrefix: string): string {
	const sign = linePrefix.trimEnd().slice(-1);
	return sign === ";" ? ";" : sign === "{" ? ",;" : ",";
}

interface Prefix {
	readonly open: readonly OpenFrame[];
	/** Of the string that the cursor is in, outside of code in it. */
	readonly delimiter: string | undefined;
	readonly isInComment: boolean;
	readonly isInTag: boolean;
}

function readPrefix({ linePrefix, restOfLine, languageId }: Line, rules: LexicalRules): Prefix {
	const end = linePrefix.length;
	const scanner = new LexicalScanner(linePrefix + restOfLine, rules);
	const openedAt: number[] = [];
	while (scanner.offset < end) {
		const at = scanner.offset;
		scanner.step(end);
		openedAt.length = Math.min(openedAt.length, scanner.open.length);
		while (openedAt.length < scanner.open.length) {
			openedAt.push(at);
		}
	}
	const { open } = scanner;
	const innermost = open.at(-1);
	const blockEnd = rules.blockComment?.[1];
	const ink = linePrefix.trimEnd();
	const tagAt = openedAt.at(-1) ?? end;
	const isInTag =
		tagLanguages.has(languageId) &&
		innermost?.kind === "angle" &&
		tagStart.test(linePrefix.slice(tagAt)) &&
		// Type arguments stand right behind a name.
		!wordAtEnd.test(linePrefix.slice(0, tagAt));
	return {
		open,
		delimiter:
			innermost?.kind === "string" || innermost?.kind === "prose"
				? innermost.rule?.delimiter
				: undefined,
		isInComment: scanner.inkEnd < ink.length && !(blockEnd !== undefined && ink.endsWith(blockEnd)),
		isInTag,
	};
}

function leftOf(linePrefix: string, open: readonly OpenFrame[], rules: LexicalRules): Left {
	const ink = linePrefix.trimEnd();
	const isSpaced = ink.length < linePrefix.length;
	const sign = ink.slice(-1);
	if (sign === "") {
		return "operand";
	}
	const word = lastWord.exec(ink)?.[0];
	if (word !== undefined) {
		if (!isSpaced) {
			return "word";
		}
		// Some languages write their words in capitals.
		return wantsOperand.has(rules.lineComments.includes("--") ? word.toLowerCase() : word)
			? "operand"
			: "words";
	}
	if ("([{,;".includes(sign) || (sign === "<" && open.at(-1)?.kind === "angle")) {
		return "list";
	}
	if (sign === ">") {
		const isArrow = /[-=]>$/.test(ink);
		return isArrow || (isSpaced && ink.slice(-2, -1) === " ") ? "operand" : "whole";
	}
	return operatorSigns.includes(sign) && !/(?:\+\+|--)$/.test(ink) ? "operand" : "whole";
}

function rightOf(
	restOfLine: string,
	left: Left,
	open: readonly OpenFrame[],
	rules: LexicalRules,
): Right {
	const rest = restOfLine.trimStart();
	const isSpaced = rest.length < restOfLine.length;
	const sign = rest.charAt(0);
	if (beginsComment(rest, rules) || ")]},;".includes(sign) || rest.startsWith("</")) {
		return "boundary";
	}
	const isTagEnd = /^\/?>/.test(rest);
	if (isTagEnd && (left === "tag" || open.at(-1)?.kind === "angle")) {
		return "boundary";
	}
	if (left === "tag") {
		return /^[[({"'`]/.test(rest) ? "value" : "attribute";
	}
	if (wordAtStart.test(rest)) {
		const word = firstWord.exec(rest)?.[0] ?? "";
		const isConnective = connectives.has(word.toLowerCase()) && isSpaced;
		return isConnective && left !== "list" ? "operator" : "value";
	}
	if ("([".includes(sign)) {
		return isSpaced ? "value" : "call";
	}
	if (sign === "{") {
		return left === "list" ? "value" : "operator";
	}
	if (/^(?:[-:+*/%&|^.?]|<<|>>|\*\*|\/\/|\|\||&&|\?\?|>>>)?=(?![=>~])/.test(rest)) {
		return "assignment";
	}
	const isPrefix = /^(?:\.{3}|[-+!~*&@#^]{1,2})(?=[\p{ID_Continue}$"'`([])/u.test(rest);
	if ((isPrefix && (isSpaced || left === "list")) || /^[<"'`\\]/.test(rest)) {
		return /^<[^\p{ID_Start}]/u.test(rest) ? "operator" : "value";
	}
	return operatorSigns.includes(sign) || sign === ">" ? "operator" : "value";
}

function beginsComment(rest: string, { lineComments, blockComment }: LexicalRules): boolean {
	return (
		lineComments.some((sign) => rest.startsWith(sign)) ||
		(blockComment !== undefined && rest.startsWith(blockComment[0]))
	);
}

const wordAtEnd = /[\p{ID_Continue}$]$/u;
const wordAtStart = /^[\p{ID_Continue}$]/u;
/** Of a longer word the end, which is none that tells anything. */
const lastWord = /[\p{ID_Continue}$]{1,32}$/u;
const firstWord = /^[\p{ID_Continue}$]+/u;

const operatorSigns = "=+-*/%&|^!~?:<.@\\";

/** A tag's name, and white space behind it. */
const tagStart = /^<[\p{ID_Start}][\w.:-]*\s/u;

/** What stands in tags only. */
const attributeAtStart = /^\s*[@:#*\w.-]{1,60}=(?:"|'|\{(?!\s))/;

/** There what stands around the cursor is text, and any word may follow any other. */
const proseLanguages: ReadonlySet<string> = new Set(
	(
		"plaintext markdown mdx latex tex bibtex restructuredtext asciidoc typst quarto scminput git-commit " +
		"git-rebase log diff csv tsv"
	).split(" "),
);

const tagLanguages: ReadonlySet<string> = new Set(
	(
		"html xml xsl svg vue svelte astro javascriptreact typescriptreact javascript php blade razor aspnetcorerazor erb " +
		"handlebars jinja jinja-html django-html twig liquid ejs"
	).split(" "),
);

/** Words of all sorts of languages after which something has to come. */
const wantsOperand: ReadonlySet<string> = new Set(
	(
		"return throw raise assert del defer yield await new typeof delete void in of is not and or if elif unless while until case when " +
		"else then do from import export extends implements as satisfies instanceof keyof const let var val mut pub fn " +
		"func fun def class struct enum interface trait type impl for where match with async static public private " +
		"protected readonly select join on by set values into like between having"
	).split(" "),
);

/** Words that go on from an operand before them. */
const connectives: ReadonlySet<string> = new Set(
	(
		"of in as is not and or if else from extends implements where satisfies instanceof then do with to downto step " +
		"until unless when for join inner left right on order group by having limit like between asc desc using"
	).split(" "),
);
