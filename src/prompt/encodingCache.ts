import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

/** Cells of a prefix, a suffix and a path for each of a few documents. */
const maxEntries = 64;

/**
 * Remembers the tokens of texts that come again with every keystroke. Encoding 1,000 tokens takes over a
 * millisecond, and all of it but the cell at the cursor is the same as before.
 */
export function rememberEncodings(tokenizer: Tokenizer): (text: string) => readonly TokenId[] {
	// A Map iterates in the order of insertion: the first is the one that was not used for longest.
	const known = new Map<string, readonly TokenId[]>();
	return (text) => {
		const tokens = known.get(text) ?? tokenizer.encode(text);
		known.delete(text);
		known.set(text, tokens);
		if (known.size > maxEntries) {
			const [oldest] = known.keys();
			known.delete(oldest ?? "");
		}
		return tokens;
	};
}
