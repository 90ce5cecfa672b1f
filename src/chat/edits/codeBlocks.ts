import MarkdownIt from "markdown-it";
import { blankReasoning } from "../reasoning.ts";
import { isDiff, pathsOfDiff } from "./diffBlock.ts";
import { hintAbove, hintInside, hintOfInfo } from "./pathHint.ts";

/** A fenced code block of an answer. */
export interface CodeBlock {
	/** Counted from 0 in the order of the answer, at any depth; the chat view counts the same way. */
	readonly index: number;
	/** The first word after the fence, in lower case; "" without one. */
	readonly language: string;
	/** All that stands after the fence. */
	readonly info: string;
	/** Whole lines, "\n" line breaks. */
	readonly content: string;
	/**
	 * The file that the answer names for it, as written: not checked for anything. See `safeRelativePath`.
	 */
	readonly pathHint: string | undefined;
	/** Whether more may belong to it: its closing fence is missing, or closes another one inside of it. */
	readonly isCut: boolean;
}

/** An answer that is longer has no blocks: reading it would block the editor. */
export const maxMarkdownLength = 2_000_000;

/** The code blocks of an answer. What isn't fenced is no block, nor is what the model thought aloud. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
	if (markdown.length > maxMarkdownLength) {
		return [];
	}
	const answer = blankReasoning(markdown);
	const blocks = blocksOf(answer);
	if (answer === markdown) {
		return blocks.map(({ block }) => block);
	}
	// Somebody who shows the whole text counts the blocks of thoughts too.
	const starts = blocksOf(markdown).map(({ startLine }) => startLine);
	return blocks.map(({ block, startLine }) => ({
		...block,
		index: starts.filter((start) => start < startLine).length,
	}));
}

function blocksOf(markdown: string): { readonly block: CodeBlock; readonly startLine: number }[] {
	// Reference definitions are off, so that what a block means never depends on later text.
	const parser = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable([
		"reference",
		"linkify",
	]);
	const blocks: { readonly block: CodeBlock; readonly startLine: number }[] = [];
	let before = "";
	let isHeading = false;
	for (const token of parser.parse(markdown, {})) {
		if (token.type === "fence") {
			const info = token.info.trim();
			const content = token.content;
			const language = (info.split(/[\s:{]/, 1)[0] ?? "").toLowerCase();
			const pathHint =
				hintOfInfo(info) ??
				hintAbove(before, isHeading) ??
				hintOfDiff(content, info) ??
				hintInside(content);
			const [startLine = 0, endLine = 0] = token.map ?? [];
			const isCut =
				// One line is the fence's own; a second one closes it.
				endLine - startLine - linesIn(content) < 2 || opensFence(content, token.markup);
			const index = blocks.length;
			blocks.push({ block: { index, language, info, content, pathHint, isCut }, startLine });
			before = "";
		} else if (token.type === "inline") {
			before = token.content;
		} else if (token.nesting === 1) {
			isHeading = token.type === "heading_open";
		}
	}
	return blocks;
}

function linesIn(content: string): number {
	return content === "" ? 0 : content.split("\n").length - (content.endsWith("\n") ? 1 : 0);
}

/** Whether a fence with a language stands in the block: what closed the block was meant to close that one. */
function opensFence(content: string, fence: string): boolean {
	const mark = fence.startsWith("~") ? "~" : "`";
	return content.split("\n").some((line) => {
		const [, inner = ""] = /^ {0,3}([`~]{3,})[\w+#.-]+[^`]*$/.exec(line.slice(0, 200)) ?? [];
		return inner.startsWith(mark) && inner.length >= fence.length;
	});
}

/** The file that a diff changes. */
function hintOfDiff(content: string, info: string): string | undefined {
	return isDiff({ content, info }) ? pathsOfDiff(content).at(-1) : undefined;
}
