import type { Node, Tree } from "web-tree-sitter";
import { lineStartAt } from "./lines.ts";
import type { SyntaxLanguage } from "./languages.ts";

/**
 * Whether the character before `offset` and the one after it belong to the same comment or string. Only for
 * offsets in [0, text.length].
 */
export function regionAt(
	tree: Tree,
	language: SyntaxLanguage,
	text: string,
	offset: number,
): "code" | "comment" | "string" {
	if (offset === 0) {
		return "code";
	}
	let node = tree.rootNode.descendantForIndex(offset - 1, offset);
	if (hasOpenQuote(tree, language, text, offset)) {
		return "string";
	}
	for (; node !== null; node = node.parent) {
		if (language.embeddedTypes.has(node.type)) {
			return offset < node.endIndex ? "code" : "string";
		}
		if (language.commentTypes.has(node.type)) {
			const isInside = offset < node.endIndex || !isBlockComment(text, node);
			return isInside ? "comment" : "code";
		}
		if (language.stringTypes.has(node.type)) {
			const isInside = offset < node.endIndex || node.lastChild?.isMissing === true;
			return isInside ? "string" : "code";
		}
	}
	return "code";
}

/**
 * Whether a string was opened before `offset` on its line and isn't closed: its quote then stands in an
 * error node by itself, and the parser takes what follows for code.
 */
function hasOpenQuote(tree: Tree, language: SyntaxLanguage, text: string, offset: number): boolean {
	const from = Math.max(lineStartAt(text, offset), offset - maxScannedLine);
	for (let at = from; at < offset; at++) {
		if (quotes.has(text.charAt(at))) {
			const leaf = tree.rootNode.descendantForIndex(at, at + 1);
			if (
				leaf !== null &&
				leaf.endIndex <= offset &&
				language.quoteTypes.has(leaf.type) &&
				leaf.parent?.isError === true
			) {
				return true;
			}
		}
	}
	return false;
}

/** A line that is longer was written by a program, and each quote in it costs a look-up. */
const maxScannedLine = 500;

const quotes: ReadonlySet<string> = new Set(['"', "'", "`"]);

function isBlockComment(text: string, comment: Node): boolean {
	return text.startsWith("/*", comment.startIndex) && text.endsWith("*/", comment.endIndex);
}
