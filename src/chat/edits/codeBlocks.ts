import MarkdownIt from "markdown-it";

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
}

/** An answer that is longer has no blocks: reading it would block the editor. */
export const maxMarkdownLength = 2_000_000;

/** The code blocks of an answer. What isn't fenced is no block. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
	if (markdown.length > maxMarkdownLength) {
		return [];
	}
	// Reference definitions are off, so that what a block means never depends on later text.
	const parser = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable([
		"reference",
		"linkify",
	]);
	const blocks: CodeBlock[] = [];
	let before = "";
	for (const token of parser.parse(markdown, {})) {
		if (token.type === "fence") {
			const info = token.info.trim();
			const content = token.content;
			const language = (info.split(/[\s:{]/, 1)[0] ?? "").toLowerCase();
			const pathHint = hintOf(info) ?? hintAbove(before) ?? hintInside(content);
			blocks.push({ index: blocks.length, language, info, content, pathHint });
			before = "";
		} else if (token.type === "inline") {
			before = token.content;
		}
	}
	return blocks;
}

/** Something like a file's path: no white space, and a name with an extension or a folder. */
const pathLike = String.raw`[^\s"'\`*<>|:]*[^\s"'\`*<>|:/\\][/\\][^\s"'\`*<>|:]+|[\w.@-]+\.\w{1,10}`;
const pathPattern = new RegExp(`^(?:${pathLike})$`);

function asPath(text: string | undefined): string | undefined {
	return text !== undefined && text.length <= maxPathLength && pathPattern.test(text)
		? text
		: undefined;
}

const maxPathLength = 400;

/** ```` ```ts src/a.ts ````, ```` ```ts:src/a.ts ```` and ```` ```ts title="src/a.ts" ````. */
function hintOf(info: string): string | undefined {
	const named = /\b(?:title|file|filename|path)\s*=\s*(?:"([^"]+)"|'([^']+)'|(\S+))/i.exec(info);
	if (named !== null) {
		return asPath(named[1] ?? named[2] ?? named[3]);
	}
	const afterColon = /^[\w+#-]*:(\S+)/.exec(info)?.[1];
	return asPath(afterColon) ?? asPath(info.split(/\s+/).at(1));
}

/** A paragraph or heading before the block that is nothing but a path: `**src/a.ts**`, `` `src/a.ts`: ``. */
function hintAbove(paragraph: string): string | undefined {
	const last = paragraph.split("\n").at(-1) ?? "";
	const bare = /^(?:file:?\s+|in\s+)?[*_`]*([^\s*_`][^\s*`]*?)[*_`]*:?[*_]*$/i.exec(last.trim());
	return asPath(bare?.[1]);
}

/** A comment in the first line that is nothing but a path. */
function hintInside(content: string): string | undefined {
	const lineEnd = content.indexOf("\n");
	const first = content.slice(0, Math.min(lineEnd < 0 ? content.length : lineEnd, maxPathLength));
	const comment =
		/^\s*(?:\/\/|#|--|;|\/\*|<!--)\s*(?:file(?:name|path)?:?\s*)?(\S+?)\s*(?:\*\/|-->)?\s*$/i.exec(
			first,
		);
	const hint = asPath(comment?.[1]);
	// One word with a dot may be a sentence; a folder in front makes it a path.
	return hint !== undefined && /[/\\]/.test(hint) ? hint : undefined;
}
