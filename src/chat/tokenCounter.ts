import type { ChatMessage, ChatModel } from "../languageModel/languageModel.ts";

/** Questions and answers of a long conversation, and the material of a draft that is measured at each pause. */
const maxEntries = 512;

/** Counts tokens as one model does, and remembers texts that come again with every question. */
export class TokenCounter {
	readonly #model: ChatModel;
	/** A Map iterates in the order of insertion: the first is the one that was not used for longest. */
	readonly #known = new Map<string, number>();

	constructor(model: ChatModel) {
		this.#model = model;
	}

	count(text: string): number {
		const tokens = this.#known.get(text) ?? this.#model.countTokens(text);
		this.#known.delete(text);
		this.#known.set(text, tokens);
		if (this.#known.size > maxEntries) {
			const [oldest] = this.#known.keys();
			this.#known.delete(oldest ?? "");
		}
		return tokens;
	}

	/** What a message of this content takes. */
	message(content: string): number {
		return this.count(content) + this.#model.tokensPerMessage;
	}

	/** What messages take, with the opening of the answer. */
	prompt(messages: readonly ChatMessage[]): number {
		return messages.reduce(
			(sum, { content }) => sum + this.message(content),
			this.#model.tokensPerMessage,
		);
	}
}
