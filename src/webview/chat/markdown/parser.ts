import createMarkdownIt, { type MarkdownIt, type StateCore, type Token } from "markdown-it";
import { linkTarget } from "./linkTarget.ts";

/**
 * Longest inline text, in UTF-16 units, in which emphasis, links and the like are looked for. No paragraph
 * that a person reads is longer, and what is inside can then never take longer than a frame.
 */
export const maxInlineLength = 20_000;

/**
 * The Markdown of answers. Raw HTML is text; links lead only where {@link linkTarget} allows; images are
 * text, since nothing may be fetched. Definitions of references are off, so that what a block means never
 * depends on text that comes later, which is what lets answers be drawn block by block as they stream.
 */
export function createMarkdown(): MarkdownIt {
	const markdown = createMarkdownIt({ html: false, linkify: false, typographer: false });
	markdown.disable(["reference", "linkify"]);
	markdown.validateLink = (href) => linkTarget(href) !== undefined;
	markdown.core.ruler.at("inline", parseInline);
	const { rules } = markdown.renderer;
	rules["image"] = (tokens, index) => {
		const token = tokens[index];
		const source = attributeOf(token, "src");
		const text = token?.content === "" ? source : `${token?.content ?? ""} (${source})`;
		return `<span class="image-text">${markdown.utils.escapeHtml(text)}</span>`;
	};
	rules["link_open"] = (tokens, index) => {
		const href = attributeOf(tokens[index], "href");
		const escaped = markdown.utils.escapeHtml(href);
		// Without an href the browser itself has nothing to follow, whatever is pressed or dragged.
		return `<a data-href="${escaped}" title="${escaped}">`;
	};
	for (const name of ["th_open", "td_open"]) {
		rules[name] = (tokens, index) => {
			const token = tokens[index];
			const align = /center|right/.exec(attributeOf(token, "style"))?.[0];
			const tag = name === "th_open" ? "th" : "td";
			return align === undefined ? `<${tag}>` : `<${tag} class="align-${align}">`;
		};
	}
	return markdown;
}

function attributeOf(token: Token | undefined, name: string): string {
	return String(token?.attrs?.find(([known]) => known === name)?.[1] ?? "");
}

/** As markdown-it's own rule, but bounded by {@link maxInlineLength}. */
function parseInline(state: StateCore): void {
	for (const token of state.tokens) {
		if (token.type !== "inline") {
			continue;
		}
		if (token.content.length > maxInlineLength) {
			const text = new state.Token("text", "", 0);
			text.content = token.content;
			token.children = [text];
		} else {
			token.children ??= [];
			state.md.inline.parse(token.content, state.md, state.env, token.children);
		}
	}
}

/** A code block of an answer. */
export interface CodeText {
	/** Ends with a line break unless it is empty. */
	readonly code: string;
	/** First word behind the fence. */
	readonly language: string;
	/** Indented code has no number: hardly any model means it as code. */
	readonly isFenced: boolean;
}

/**
 * The code blocks of `tokens` in order of appearance, at any depth. The fenced ones are numbered from 0 in an
 * answer; the extension numbers them by the same rule, see codeBlocks in src/chat/edits.
 */
export function codeBlocksOf(tokens: readonly Token[]): CodeText[] {
	return tokens
		.filter(({ type }) => type === "fence" || type === "code_block")
		.map(({ type, content, info }) => ({
			code: content,
			language: /^\S*/.exec(info.trim())?.[0] ?? "",
			isFenced: type === "fence",
		}));
}

export function countFences(tokens: readonly Token[]): number {
	return tokens.filter(({ type }) => type === "fence").length;
}
