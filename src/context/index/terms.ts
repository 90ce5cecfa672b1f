/** Longer words are hashes and encoded data: rare, and never what somebody looks for. */
const maxWordLength = 64;

/** Calls `visit` with the range of every word in [from, to): runs of letters, digits, `_` and `$`. */
export function eachWord(
	text: string,
	from: number,
	to: number,
	visit: (start: number, end: number) => void,
): void {
	let start = -1;
	for (let at = from; at <= to; at++) {
		const isWord = at < to && isWordUnit(text.charCodeAt(at));
		if (isWord) {
			if (start < 0) {
				start = at;
			}
		} else if (start >= 0) {
			if (at - start <= maxWordLength) {
				visit(start, at);
			}
			start = -1;
		}
	}
}

/** Everything beyond ASCII counts as a letter: names in other scripts, without a table of them. */
function isWordUnit(unit: number): boolean {
	return (
		(unit >= 0x61 && unit <= 0x7a) ||
		(unit >= 0x41 && unit <= 0x5a) ||
		(unit >= 0x30 && unit <= 0x39) ||
		unit === 0x5f ||
		unit === 0x24 ||
		unit >= 0xc0
	);
}

/**
 * What a word is found by: the word in lower case, and its parts of at least two units where there are
 * several. `parseHTTPResponse_v2` gives itself, `parse`, `http`, `response` and `v2`.
 */
export function termsOfWord(word: string): readonly string[] {
	const whole = word.toLowerCase();
	if (whole === word && !word.includes("_") && !word.includes("$")) {
		return [whole];
	}
	const parts = word
		.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1_$2")
		.replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
		.split(/[_$]+/)
		.filter((part) => part.length > 1);
	return parts.length > 1 ? [whole, ...parts.map((part) => part.toLowerCase())] : [whole];
}

/** The terms of a text with how often each occurs: what `search` does with a query. */
export function termCounts(text: string): Map<string, number> {
	const counts = new Map<string, number>();
	eachWord(text, 0, text.length, (start, end) => {
		for (const term of termsOfWord(text.slice(start, end))) {
			counts.set(term, (counts.get(term) ?? 0) + 1);
		}
	});
	return counts;
}
