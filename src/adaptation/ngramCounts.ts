import type { TokenId } from "../tokenizer/tokenizer.ts";

/** What followed one context wherever it occurred. */
export interface Successors {
	/** How many of the last tokens the context is made of; at least 1. */
	readonly order: number;
	/** The tokens that followed, each once, in ascending order. Never empty. */
	readonly ids: ArrayLike<number>;
	/** How often each of `ids` followed; at least 1. */
	readonly counts: ArrayLike<number>;
	/** The sum of `counts`. */
	readonly total: number;
}

/** Counts of token sequences in some body of text: a file, or a repository. */
export interface NgramCounts {
	/**
	 * What followed the last tokens of `context`, from order 1 up to the longest order that was seen; every
	 * order between is there. Empty when the last token was never followed by anything.
	 */
	successors(context: readonly TokenId[]): readonly Successors[];
}
