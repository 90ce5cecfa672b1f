import type { Node, Tree } from "web-tree-sitter";
import { indentationAt, lineStartAt } from "./lines.ts";
import type { SyntaxLanguage } from "./languages.ts";
import { isSpace } from "./tokens.ts";

/** The last leaf before `offset` that is neither white space nor a comment. */
export function leafBefore(
	tree: Tree,
	language: SyntaxLanguage,
	text: string,
	offset: number,
): Node | undefined {
	let at = offset;
	for (;;) {
		while (at > 0 && isSpace(text.charCodeAt(at - 1))) {
			at--;
		}
		const leaf = at === 0 ? null : tree.rootNode.descendantForIndex(at - 1, at);
		if (leaf === null) {
			return undefined;
		}
		if (!language.commentTypes.has(leaf.type) || leaf.startIndex >= at) {
			return leaf;
		}
		at = leaf.startIndex;
	}
}

/** Statements and clauses of Python whose colon opens a block; a colon elsewhere is a slice or a pair. */
const clauseType = /_(?:statement|definition|clause)$/;
const clauseLine =
	/^\s*(?:async\s+)?(?:def|class|if|elif|else|for|while|with|try|except|finally|match|case)\b/;

/** Whether `leaf` opens a block whose content comes after it. */
export function opensBlock(leaf: Node, language: SyntaxLanguage, text: string): boolean {
	if (language.blocks === "braces") {
		return leaf.type === "{";
	}
	if (leaf.type !== ":" || leaf.parent === null) {
		return false;
	}
	return leaf.parent.isError
		? clauseLine.test(lineOf(text, leaf.startIndex))
		: clauseType.test(leaf.parent.type);
}

function lineOf(text: string, offset: number): string {
	const end = text.indexOf("\n", offset);
	return text.slice(lineStartAt(text, offset), end < 0 ? text.length : end);
}

/**
 * Whether what follows the cursor is outside the block that `opener` opened: its closing bracket, or
 * code that isn't indented more than the line of the opener (the closing bracket is then missing).
 */
export function isEmptyAfter(text: string, opener: Node, offset: number): boolean {
	let at = offset;
	while (at < text.length && isSpace(text.charCodeAt(at))) {
		at++;
	}
	if (at === text.length || (opener.type === "{" && text.charAt(at) === "}")) {
		return true;
	}
	const isOnLaterLine = text.slice(offset, at).includes("\n");
	return (
		isOnLaterLine && indentationAt(text, at).length <= indentationAt(text, opener.startIndex).length
	);
}

/** Long nodes are bodies and lists; whatever holds a bracket pair between its parts is shorter. */
const maxScannedChildren = 16;

/** The innermost bracket before `offset` that isn't closed before it; `before` is the leaf before it. */
export function enclosingBracket(before: Node, offset: number): Node | undefined {
	if (before.type === "(" || before.type === "[" || before.type === "{") {
		return before;
	}
	for (let node = before.parent; node !== null; node = node.parent) {
		// In a long node a bracket pair is the first and last child; only an error is a flat list.
		const isFlat = node.isError || node.childCount <= maxScannedChildren;
		const children = isFlat ? node.children : [node.firstChild, node.lastChild];
		const open: Node[] = [];
		for (const child of children) {
			if (child !== null && child.endIndex <= offset && !child.isMissing) {
				if (child.type === "(" || child.type === "[" || child.type === "{") {
					open.push(child);
				} else if (child.type === ")" || child.type === "]" || child.type === "}") {
					open.pop();
				}
			}
		}
		const innermost = open.at(-1);
		if (innermost !== undefined) {
			return innermost;
		}
	}
	return undefined;
}
