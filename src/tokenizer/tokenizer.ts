import type { TokenId } from "./tokenIds.ts";
import type { VocabularyIndex } from "./vocabularyIndex.ts";

export type { TokenId };

/**
 * Text to tokens and back, for one model. Pure and synchronous; loaded in the editor's process (which
 * budgets prompts) and in the engine's (which heals tokens), from the same file.
 */
export interface Tokenizer {
	/** Its tokens, sorted by their bytes. */
	readonly vocabulary: VocabularyIndex;
	/** Number of ids, special tokens included: every id is in [0, vocabularySize). */
	readonly vocabularySize: number;
	/** Encodes plain text. Text that looks like a special token is encoded as text, never as the token. */
	encode(text: string): readonly TokenId[];
	/** The id of a special token such as `<|fim_prefix|>`, or undefined when this model has none. */
	specialToken(name: string): TokenId | undefined;
	/** The UTF-8 bytes that `token` stands for; empty for special tokens. May be part of a character. */
	bytesOf(token: TokenId): Uint8Array;
	/**
	 * A decoder for one stream: holds back bytes until they form whole characters. Its first `skippedBytes`
	 * bytes become no text: those with which a healed answer writes again what stands before it.
	 */
	createStreamDecoder(skippedBytes?: number): StreamDecoder;
}

export interface StreamDecoder {
	/** The text that `tokens` complete. Special tokens decode to nothing. */
	push(tokens: readonly TokenId[]): string;
	/** Emits what is held back; incomplete bytes become U+FFFD. */
	end(): string;
}
