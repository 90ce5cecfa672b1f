import type { TokenId, Tokenizer } from "../../tokenizer/tokenizer.ts";

/** Enough for a few conversations side by side. */
const maxAnswers = 64;
const maxTokens = 65_536;

/**
 * The tokens of a model's own answers, by their text. A text can often be written in several ways, and its
 * encoding is not always the way the model took; a conversation that goes on with the model's own tokens
 * finds all of them in the KV cache.
 */
export class WrittenAnswers {
	readonly #tokenizer: Tokenizer;
	/** The newest last. */
	readonly #answers = new Map<string, readonly TokenId[]>();
	#tokenCount = 0;

	constructor(tokenizer: Tokenizer) {
		this.#tokenizer = tokenizer;
	}

	/** Only where `tokens` are `text`, whole and nothing else: a special token is never remembered. */
	remember(text: string, tokens: readonly TokenId[]): void {
		const lengths = tokens.map((token) => this.#tokenizer.bytesOf(token).length);
		const bytes = lengths.reduce((sum, length) => sum + length, 0);
		if (text === "" || lengths.includes(0) || bytes !== Buffer.byteLength(text)) {
			return;
		}
		this.#forget(text);
		this.#answers.set(text, tokens);
		this.#tokenCount += tokens.length;
		for (const [oldest] of this.#answers) {
			if (this.#answers.size <= maxAnswers && this.#tokenCount <= maxTokens) {
				break;
			}
			this.#forget(oldest);
		}
	}

	tokensOf(text: string): readonly TokenId[] | undefined {
		return this.#answers.get(text);
	}

	#forget(text: string): void {
		this.#tokenCount -= this.#answers.get(text)?.length ?? 0;
		this.#answers.delete(text);
	}
}
