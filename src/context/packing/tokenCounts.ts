/** Texts remembered: signatures and pieces come again with every keystroke. */
const maxEntries = 50_000;

/** Remembers how many tokens a text has; forgets everything once there are too many. */
export function rememberCounts(countTokens: (text: string) => number): (text: string) => number {
	const known = new Map<string, number>();
	return (text) => {
		let count = known.get(text);
		if (count === undefined) {
			count = countTokens(text);
			if (known.size >= maxEntries) {
				known.clear();
			}
			known.set(text, count);
		}
		return count;
	};
}
