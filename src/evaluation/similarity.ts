/** How an answer compares with the text that stands there in the file. */
export interface Similarity {
	/** The same, white space around both aside. */
	readonly exactMatch: boolean;
	/** The first lines are the same, white space around both texts and at the lines' ends aside. */
	readonly firstLineMatch: boolean;
	/**
	 * 1 − (Levenshtein distance) / (length of the longer), in UTF-16 units, of the texts without white
	 * space around them; 1 for two empty ones. In [0, 1].
	 */
	readonly editSimilarity: number;
}

/** Bounds the time for an answer that runs on; what follows could not make it less wrong. */
const maxComparedUnits = 4000;

export function compare(truth: string, answer: string): Similarity {
	const wanted = truth.trim();
	const given = answer.trim().slice(0, maxComparedUnits);
	const longer = Math.max(wanted.length, given.length);
	return {
		exactMatch: wanted === given,
		firstLineMatch: firstLine(wanted) === firstLine(given),
		editSimilarity: longer === 0 ? 1 : 1 - levenshtein(wanted, given) / longer,
	};
}

/** Fewest insertions, deletions and replacements of UTF-16 units that turn `a` into `b`. */
export function levenshtein(a: string, b: string): number {
	// Row i of the table holds the distances of the first i units of `a` to each beginning of `b`.
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}

function firstLine(text: string): string {
	return (text.split("\n", 1)[0] ?? "").trimEnd();
}
