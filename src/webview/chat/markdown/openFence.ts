import type { Token } from "markdown-it";

/**
 * A fenced code block that is still being written. Code is most of what a long answer is, and as long as no
 * line closes the fence, new text is only more of its content: nothing has to be parsed again.
 */
export class OpenFence {
	/** Its content grows with {@link extend}. */
	readonly token: Token;
	readonly #closing: RegExp;
	/** Where the content starts in the source of the block. */
	readonly #contentStart: number;
	/** No line that starts before it closes the fence. */
	#checkedEnd: number;

	constructor(token: Token, closing: RegExp, contentStart: number) {
		this.token = token;
		this.#closing = closing;
		this.#contentStart = contentStart;
		this.#checkedEnd = contentStart;
	}

	/** Takes in the block's longer `source`. False when the fence may have been closed. */
	extend(source: string): boolean {
		if (this.#closing.test(source.slice(this.#checkedEnd))) {
			return false;
		}
		this.#checkedEnd = Math.max(this.#contentStart, source.lastIndexOf("\n") + 1);
		// The parser may leave out blank lines at the very end of a text; they count once more code follows.
		this.token.content = source.slice(this.#contentStart);
		return true;
	}
}

/** Undefined when a block of this source and these tokens is anything but an open fence without indentation. */
export function readOpenFence(block: {
	readonly source: string;
	readonly tokens: readonly Token[];
}): OpenFence | undefined {
	const [token] = block.tokens;
	const firstLineEnd = block.source.indexOf("\n");
	if (token?.type !== "fence" || firstLineEnd < 0 || !block.source.startsWith(token.markup)) {
		return undefined;
	}
	// With a bar in it, the line may become the head of a table, which the whole next line decides.
	const isSecondLineWhole = block.source.includes("\n", firstLineEnd + 1);
	if (block.source.slice(0, firstLineEnd).includes("|") && !isSecondLineWhole) {
		return undefined;
	}
	const marker = token.markup.charAt(0);
	const closing = new RegExp(`^ {0,3}${marker}{${token.markup.length},}[ \\t]*$`, "m");
	const fence = new OpenFence(token, closing, firstLineEnd + 1);
	return fence.extend(block.source) ? fence : undefined;
}
