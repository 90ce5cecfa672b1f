import { iconButton, showDone } from "../../dom/buttons.ts";
import { element, setText } from "../../dom/element.ts";
import { highlightedHtml } from "./highlight.ts";
import { sanitizedFragment } from "./sanitize.ts";

export type CodeAction = "copyBlock" | "insertBlock" | "applyBlock";

export interface CodeBlockContent {
	readonly code: string;
	readonly language: string;
	/** Undefined when the extension may number it differently: then nothing can be done with it. */
	readonly index: number | undefined;
	/** False while it is being written. */
	readonly isFinal: boolean;
}

/** Code up to this length gets its colours again in every frame. In UTF-16 units. */
const alwaysHighlightedLength = 4_096;

/** A code block with what can be done with it. */
export class CodeBlock {
	readonly element: HTMLElement;
	readonly #code = element("code", { dir: "ltr" });
	readonly #language = element("span", { class: "code-language" });
	readonly #buttons = element("span", { class: "code-buttons" });
	readonly #onAction: (action: CodeAction, index: number) => void;
	#shown: CodeBlockContent | undefined;
	/** Length of the code that has its colours; text behind it is plain until it has grown. */
	#highlightedLength = 0;
	/** Holds the code behind the coloured part. */
	#plainEnd: Text | undefined;

	constructor(host: HTMLElement, onAction: (action: CodeAction, index: number) => void) {
		this.element = host;
		this.#onAction = onAction;
		host.append(
			element("figcaption", { class: "code-header" }, this.#language, this.#buttons),
			element("pre", { tabindex: "0", "aria-label": "Code", dir: "ltr" }, this.#code),
		);
	}

	show(content: CodeBlockContent): void {
		const before = this.#shown;
		this.#shown = content;
		setText(this.#language, content.language === "" ? "text" : content.language);
		if (before?.code !== content.code || before.language !== content.language || !before.isFinal) {
			this.#showCode(content, before);
		}
		if (before?.isFinal !== content.isFinal || before.index !== content.index) {
			this.#showButtons(content);
		}
	}

	#showCode(content: CodeBlockContent, before: CodeBlockContent | undefined): void {
		const { code } = content;
		const isLonger =
			before?.language === content.language && code.startsWith(before.code) && !content.isFinal;
		const isDue =
			code.length > this.#highlightedLength * 1.25 || code.length <= alwaysHighlightedLength;
		if (isLonger && !isDue) {
			this.#plainEnd ??= this.#code.appendChild(document.createTextNode(""));
			this.#plainEnd.appendData(code.slice(before.code.length));
			return;
		}
		this.#plainEnd = undefined;
		this.#highlightedLength = code.length;
		const html = highlightedHtml(code, content.language);
		this.#code.replaceChildren(html === undefined ? code : sanitizedFragment(html));
	}

	#showButtons({ index, isFinal }: CodeBlockContent): void {
		this.#buttons.replaceChildren();
		if (!isFinal || index === undefined) {
			return;
		}
		const copy = iconButton("copy", "Copy code", () => {
			this.#onAction("copyBlock", index);
			showDone(copy, "copy");
		});
		const insert = iconButton("insert", "Insert at cursor", () =>
			this.#onAction("insertBlock", index),
		);
		const apply = iconButton("apply", "Apply to the file as a diff", () =>
			this.#onAction("applyBlock", index),
		);
		this.#buttons.append(copy, insert, apply);
	}
}
