import type { StreamDecoder, TokenId } from "./tokenizer.ts";

/**
 * Decodes the tokens of one stream. A token may end in the middle of a character; its bytes are then held
 * back until the character is whole, so that half a character is never shown. How the tokens are grouped
 * into calls of `push` makes no difference to the text.
 */
export class Utf8StreamDecoder implements StreamDecoder {
	readonly #bytesOf: (token: TokenId) => Uint8Array;
	// Without ignoreBOM the decoder would swallow a U+FEFF that the model wrote at the start of a file.
	readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	#toSkip: number;

	constructor(bytesOf: (token: TokenId) => Uint8Array, skippedBytes: number) {
		this.#bytesOf = bytesOf;
		this.#toSkip = skippedBytes;
	}

	push(tokens: readonly TokenId[]): string {
		let text = "";
		for (const token of tokens) {
			const bytes = this.#bytesOf(token);
			const skipped = Math.min(this.#toSkip, bytes.length);
			this.#toSkip -= skipped;
			text += this.#decoder.decode(bytes.subarray(skipped), { stream: true });
		}
		return text;
	}

	end(): string {
		return this.#decoder.decode();
	}
}
