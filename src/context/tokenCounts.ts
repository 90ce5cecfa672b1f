import { promptPath } from "../base/promptPath.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** What pieces of other files take in a prompt, for budgets. */
export interface TokenCounts {
	/** Tokens of a text, by the tokenizer of the model that reads it. */
	readonly countTokens: (text: string) => number;
	/** Tokens for naming a file in front of its piece. */
	readonly headerTokens: (path: string) => number;
}

/** As the prompts of completions have them. */
export function tokenCounts(tokenizer: Tokenizer): TokenCounts {
	const countTokens = (text: string): number => tokenizer.encode(text.toWellFormed()).length;
	return {
		countTokens,
		// The special token before the path, and the line break behind it.
		headerTokens: (path) => countTokens(`${promptPath(path)}\n`) + 1,
	};
}
