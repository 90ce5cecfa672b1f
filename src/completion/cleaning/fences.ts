import type { CompletionPlace } from "../completionPlace.ts";

/** Where fences are part of the language. */
const markdownLike: ReadonlySet<string> = new Set([
	"markdown",
	"mdx",
	"quarto",
	"rmd",
	"asciidoc",
	"restructuredtext",
	"mermaid",
	"git-commit",
	"scminput",
]);

/** So much of the document tells whether fences are used in it, and whether the cursor is in a long string. */
const searchedUnits = 20_000;

const fenceAtLineStart = /^[ \t]{0,20}(?:\/\/[/!]?|#|\*|--|;+|%)?[ \t]{0,20}(?:```|~~~)/m;

/** Whether a fence at `place` may be meant: in Markdown, in comments, and in strings that hold documentation. */
export function writesFences({ languageId, text, offset, linePrefix }: CompletionPlace): boolean {
	if (markdownLike.has(languageId) || /^[ \t]{0,200}(?:\/\/|#|\*|--|;|%)/.test(linePrefix)) {
		return true;
	}
	const before = text.slice(Math.max(0, offset - searchedUnits), offset);
	const after = text.slice(offset, offset + searchedUnits);
	return (
		fenceAtLineStart.test(before) ||
		fenceAtLineStart.test(after) ||
		before.split('"""').length % 2 === 0 ||
		before.split("'''").length % 2 === 0
	);
}

/** Whether a line that begins with `code` may turn out to be a fence. */
export function mayBeFence(code: string): boolean {
	return code.length < 3
		? "```".startsWith(code) || "~~~".startsWith(code)
		: code.startsWith("```") || code.startsWith("~~~");
}

/** A fence says what comes after it when it opens; a bare one opens or closes. */
export interface Fence {
	readonly kind: "open" | "bare";
	/** What stands between two fences on one line. */
	readonly content: string;
}

/** The fence that `line`, a whole one, is; undefined for any other line. */
export function fenceOf(line: string): Fence | undefined {
	const code = line.trim();
	const mark = code.charAt(0);
	if (!mayBeFence(code) || code.length < 3) {
		return undefined;
	}
	let end = 0;
	while (code.charAt(end) === mark) {
		end++;
	}
	const info = code.slice(end);
	if (!info.includes(mark)) {
		return { kind: info === "" ? "bare" : "open", content: "" };
	}
	const close = code.slice(0, end);
	return info.endsWith(close)
		? { kind: "open", content: info.slice(0, -close.length).trim() }
		: undefined;
}
