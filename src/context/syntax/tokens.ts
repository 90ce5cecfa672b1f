import type { Node, Tree } from "web-tree-sitter";
import type { SyntaxLanguage } from "./languages.ts";

/** One piece of code that the block rules look at: a leaf of the tree, a whole string, a whole JSX tag. */
export interface SyntaxToken {
	readonly kind: "code" | "comment" | "string";
	/** Text of keywords, brackets and operators; empty for names, literals, comments and the like. */
	readonly symbol: string;
	/** UTF-16 range in the parsed text. */
	readonly start: number;
	readonly end: number;
	/** What it does to the nesting: 1 opens, -1 closes. */
	readonly nesting: -1 | 0 | 1;
	/** A quote without its counterpart: what follows is inside the string. */
	readonly unterminated: boolean;
}

const openers: ReadonlySet<string> = new Set(["(", "[", "{", "${", "#{"]);
const closers: ReadonlySet<string> = new Set([")", "]", "}"]);

/**
 * The tokens of `text` in [from, to), in order. Relies on nothing above a leaf's parent, because around
 * the cursor the code is usually incomplete and the parser's repair of it arbitrary; its tokens are right
 * even then.
 */
export function* tokensBetween(
	tree: Tree,
	language: SyntaxLanguage,
	text: string,
	from: number,
	to: number,
): Generator<SyntaxToken, void, undefined> {
	for (let at = skipSpace(text, from, to); at < to;) {
		const token = tokenAt(tree.rootNode, language, text, at);
		yield token;
		at = skipSpace(text, Math.max(token.end, at + 1), to);
	}
}

function tokenAt(root: Node, language: SyntaxLanguage, text: string, at: number): SyntaxToken {
	const plain = { kind: "code", symbol: "", start: at, nesting: 0, unterminated: false } as const;
	const leaf = root.descendantForIndex(at, at + 1);
	if (leaf === null || leaf.childCount > 0) {
		// The parser skipped this character.
		return { ...plain, end: at + 1 };
	}
	const parent = leaf.parent;
	for (const node of parent === null ? [leaf] : [leaf, parent]) {
		const start = node.startIndex;
		const end = node.endIndex;
		if (language.commentTypes.has(node.type)) {
			return { ...plain, kind: "comment", start, end };
		}
		if (language.stringTypes.has(node.type)) {
			return { ...plain, kind: "string", start, end };
		}
		if (node.type === "jsx_opening_element") {
			return { ...plain, start, end, nesting: 1 };
		}
		if (node.type === "jsx_closing_element") {
			return { ...plain, start, end, nesting: -1 };
		}
		if (node.type === "jsx_self_closing_element") {
			return { ...plain, start, end };
		}
	}
	if (leaf.type === "jsx_text") {
		const lineEnd = text.indexOf("\n", at);
		return { ...plain, end: lineEnd < 0 ? leaf.endIndex : Math.min(lineEnd, leaf.endIndex) };
	}
	const symbol = leaf.isNamed ? keywordOf(text, leaf) : leaf.type;
	const nesting = openers.has(symbol) ? 1 : closers.has(symbol) ? -1 : 0;
	const unterminated = language.quoteTypes.has(leaf.type);
	return {
		kind: "code",
		symbol,
		start: leaf.startIndex,
		end: leaf.endIndex,
		nesting,
		unterminated,
	};
}

/** Where the parser lost its way it takes keywords for names. */
const lostKeywords: ReadonlySet<string> = new Set(["else", "catch", "finally", "elif", "except"]);

function keywordOf(text: string, leaf: Node): string {
	const word = text.slice(leaf.startIndex, Math.min(leaf.endIndex, leaf.startIndex + 10));
	return lostKeywords.has(word) ? word : "";
}

function skipSpace(text: string, from: number, to: number): number {
	let at = from;
	while (at < to && isSpace(text.charCodeAt(at))) {
		at++;
	}
	return at;
}

/** Also U+FEFF, which may begin a file, and the no-break space. */
export function isSpace(unit: number): boolean {
	return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0xfeff;
}
