import type { MarkdownIt } from "markdown-it";
import { textButton } from "../../dom/buttons.ts";
import { element } from "../../dom/element.ts";
import type { Frames } from "../../dom/frames.ts";
import { BlockPainter } from "./blockPainter.ts";
import type { CodeAction } from "./codeBlock.ts";
import { linkTarget, type LinkTarget } from "./linkTarget.ts";
import { StreamedMarkdown, type Block } from "./streamedMarkdown.ts";

/** Text of an answer that is drawn before someone asks for more, in UTF-16 units: about 60 pages. */
export const firstShownLength = 200_000;

export interface AnswerBodyOptions {
	readonly markdown: MarkdownIt;
	readonly frames: Frames;
	readonly onCodeAction: (action: CodeAction, blockIndex: number) => void;
	readonly onOpenLink: (target: LinkTarget) => void;
}

/** The text of an answer: grows as it streams, draws only what changed, a bounded piece each frame. */
export class AnswerBody {
	readonly element = element("div", { class: "markdown" });
	readonly #options: AnswerBodyOptions;
	readonly #painter: BlockPainter;
	readonly #blocks = element("div", { class: "blocks" });
	readonly #more = element("div", { class: "show-more", hidden: "" });
	#source: StreamedMarkdown;
	#shownLimit = firstShownLength;
	/** Elements of blocks that may still change; they are the last ones. */
	#open: HTMLElement[] = [];

	constructor(options: AnswerBodyOptions) {
		this.#options = options;
		this.#painter = new BlockPainter(options.markdown, options.onCodeAction);
		this.#source = new StreamedMarkdown(options.markdown);
		this.#source.limit = this.#shownLimit;
		this.element.append(this.#blocks, this.#more);
		this.#blocks.addEventListener("click", this.#followLink);
		this.#blocks.addEventListener("keydown", (event) => {
			if (event.key === "Enter") {
				this.#followLink(event);
			}
		});
	}

	append(text: string): void {
		this.#source.append(text);
		this.#options.frames.schedule(this.#step);
	}

	end(): void {
		this.#source.end();
		this.#options.frames.schedule(this.#step);
	}

	/** Forgets everything. */
	reset(): void {
		this.#source = new StreamedMarkdown(this.#options.markdown);
		this.#source.limit = this.#shownLimit;
		this.#open = [];
		this.#blocks.replaceChildren();
		this.#more.hidden = true;
	}

	dispose(): void {
		this.#options.frames.cancel(this.#step);
	}

	readonly #step = (): boolean => {
		const { settled, open, isMoreWaiting } = this.#source.advance();
		if (settled.length > 0 || open !== undefined) {
			this.#draw(settled, open ?? []);
		}
		this.#showMore();
		return isMoreWaiting;
	};

	#draw(settled: readonly Block[], open: readonly Block[]): void {
		const before = this.#open;
		const drawn = [...settled, ...open].map((block, index) => {
			const made = this.#painter.draw(block, index < settled.length, before[index]);
			if (made.parentNode !== this.#blocks) {
				this.#blocks.append(made);
			}
			return made;
		});
		for (const superfluous of before.slice(drawn.length)) {
			superfluous.remove();
		}
		this.#open = drawn.slice(settled.length);
	}

	#showMore(): void {
		const left = this.#source.length - this.#shownLimit;
		if (left <= 0) {
			this.#more.hidden = true;
			return;
		}
		if (!this.#more.hidden) {
			return;
		}
		this.#more.hidden = false;
		this.#more.replaceChildren(
			element("p", {}, "This answer is very long; the rest of it isn't shown yet."),
			textButton("Show more", "secondary", () => {
				this.#shownLimit += firstShownLength;
				this.#source.limit = this.#shownLimit;
				this.#more.hidden = true;
				this.#options.frames.schedule(this.#step);
			}),
		);
	}

	readonly #followLink = (event: Event): void => {
		const link = event.target instanceof Element ? event.target.closest("a[data-href]") : null;
		const target = linkTarget(link?.getAttribute("data-href") ?? "");
		if (target !== undefined) {
			event.preventDefault();
			this.#options.onOpenLink(target);
		}
	};
}
