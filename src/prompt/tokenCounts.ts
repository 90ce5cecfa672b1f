import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { promptPath } from "./promptPath.ts";

/** What pieces of other files take in a prompt, for budgets. */
export function tokenCounts(tokenizer: Tokenizer): {
	readonly countTokens: (text: string) => number;
	readonly headerTokens: (path: string) => number;
} {
	return {
		countTokens: (text) => tokenizer.encode(text.toWellFormed()).length,
		// With the special token before it.
		headerTokens: (path) => tokenizer.encode(`${promptPath(path)}\n`).length + 1,
	};
}
