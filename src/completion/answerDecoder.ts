import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

/**
 * Turns the tokens of one answer into the text after the cursor. The answer begins with the bytes that
 * were cut off the prompt, which are before the cursor and are dropped; and it may end within a character,
 * which is held back until it is whole.
 */
export class AnswerDecoder {
	readonly #tokenizer: Tokenizer;
	// Without ignoreBOM a U+FEFF at the start of an answer would vanish.
	readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	#toDrop: number;

	constructor(tokenizer: Tokenizer, healBytes: Uint8Array) {
		this.#tokenizer = tokenizer;
		this.#toDrop = healBytes.length;
	}

	/** The text that `token` completes. */
	push(token: TokenId): string {
		const bytes = this.#tokenizer.bytesOf(token);
		const dropped = Math.min(this.#toDrop, bytes.length);
		this.#toDrop -= dropped;
		return this.#decoder.decode(bytes.subarray(dropped), { stream: true });
	}
}
