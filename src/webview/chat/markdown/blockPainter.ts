import type { MarkdownIt } from "markdown-it";
import morphdom from "morphdom";
import { element } from "../../dom/element.ts";
import { CodeBlock, type CodeAction, type CodeBlockContent } from "./codeBlock.ts";
import { codeBlocksOf } from "./parser.ts";
import { sanitizedFragment } from "./sanitize.ts";
import type { Block } from "./streamedMarkdown.ts";

/** What gets its own direction: an answer may mix languages that are read from either side. */
const textSelector = "p, ul, ol, h1, h2, h3, h4, h5, h6, th, td, blockquote";

/** Draws blocks of Markdown, changing as little of the page as it can: selections and focus stay. */
export class BlockPainter {
	readonly #markdown: MarkdownIt;
	readonly #onCodeAction: (action: CodeAction, blockIndex: number) => void;
	readonly #sources = new WeakMap<HTMLElement, string>();
	/** What code blocks shall show, by their elements, whether they were drawn yet or not. */
	readonly #contents = new WeakMap<Element, CodeBlockContent>();
	readonly #codeBlocks = new WeakMap<Element, CodeBlock>();

	constructor(
		markdown: MarkdownIt,
		onCodeAction: (action: CodeAction, blockIndex: number) => void,
	) {
		this.#markdown = markdown;
		this.#onCodeAction = onCodeAction;
	}

	/** Draws `block`, into `existing` when that is given. */
	draw(block: Block, isFinal: boolean, existing: HTMLElement | undefined): HTMLElement {
		const key = `${isFinal ? "final" : "open"} ${block.source}`;
		if (existing !== undefined && this.#sources.get(existing) === key) {
			return existing;
		}
		const made = this.#skeleton(block, isFinal);
		const drawn = existing === undefined ? made : this.#morph(existing, made);
		this.#fill(drawn);
		this.#sources.set(drawn, key);
		return drawn;
	}

	/** The block's elements, its code blocks still empty. */
	#skeleton(block: Block, isFinal: boolean): HTMLElement {
		let next = block.firstCodeIndex;
		const hosts = codeBlocksOf(block.tokens).map(({ code, language, isFenced }) => {
			const host = element("figure", { class: "code-block" });
			const index = isFenced ? next : undefined;
			next = next === undefined || !isFenced ? next : next + 1;
			this.#contents.set(host, { code, language, index, isFinal });
			return host;
		});
		const [onlyHost] = hosts;
		if (onlyHost !== undefined && block.tokens.length === 1) {
			// The usual case while code streams: it needs no HTML at all.
			return element("div", { class: "block" }, onlyHost);
		}
		const html = this.#markdown.renderer.render([...block.tokens], this.#markdown.options, {});
		const fragment = sanitizedFragment(html);
		for (const [index, pre] of [...fragment.querySelectorAll("pre")].entries()) {
			pre.replaceWith(hosts[index] ?? "");
		}
		for (const table of fragment.querySelectorAll("table")) {
			const scroller = element("div", { class: "table-scroll", tabindex: "0" });
			table.replaceWith(scroller);
			scroller.append(table);
		}
		for (const text of fragment.querySelectorAll(textSelector)) {
			text.setAttribute("dir", "auto");
		}
		for (const link of fragment.querySelectorAll("a")) {
			link.setAttribute("role", "link");
			link.setAttribute("tabindex", "0");
		}
		return element("div", { class: "block" }, fragment);
	}

	#morph(existing: HTMLElement, made: HTMLElement): HTMLElement {
		morphdom(existing, made, {
			childrenOnly: true,
			onBeforeElUpdated: (from, to) => {
				const content = this.#contents.get(to);
				if (content !== undefined) {
					this.#contents.set(from, content);
					return false;
				}
				return !from.isEqualNode(to);
			},
		});
		return existing;
	}

	#fill(root: HTMLElement): void {
		for (const host of root.querySelectorAll<HTMLElement>("figure.code-block")) {
			const content = this.#contents.get(host);
			if (content === undefined) {
				continue;
			}
			let block = this.#codeBlocks.get(host);
			if (block === undefined) {
				block = new CodeBlock(host, this.#onCodeAction);
				this.#codeBlocks.set(host, block);
			}
			block.show(content);
		}
	}
}
