import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

/** Cells of the window and of the whole file, a path, and the pieces of other files, for a few documents. */
const maxEntries = 256;

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
