import { detached } from "../base/detached.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

/** Cells of the window and of the whole file, a path, and the pieces of other files, for a few documents. */
const maxEntries = 256;

/** Of all texts together, in UTF-16 units: a long conversation. Their tokens take about as much memory again. */
const maxUnits = 4_000_000;

/**
 * Remembers the tokens of texts that come again with every keystroke. Encoding 1,000 tokens takes over a
 * millisecond, and all of it but the cell at the cursor is the same as before.
 */
export function rememberEncodings(tokenizer: Tokenizer): (text: string) => readonly TokenId[] {
	// A Map iterates in the order of insertion: the first is the one that was not used for longest.
	const known = new Map<string, Encoding>();
	let units = 0;
	const forget = ({ text }: Encoding): void => {
		units -= known.delete(text) ? text.length : 0;
	};
	return (text) => {
		const encoding = known.get(text) ?? { text: detached(text), tokens: tokenizer.encode(text) };
		forget(encoding);
		known.set(encoding.text, encoding);
		units += text.length;
		for (const [, oldest] of known) {
			if (known.size <= maxEntries && units <= maxUnits) {
				break;
			}
			forget(oldest);
		}
		return encoding.tokens;
	};
}

interface Encoding {
	/** Not a slice of the document, which would outlive its next version with it. */
	readonly text: string;
	readonly tokens: readonly TokenId[];
}
