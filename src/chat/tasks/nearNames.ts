/** A name in most languages. */
export const namePattern = /[\p{L}_$][\p{L}\p{N}_$]*/u;

const wholeName = new RegExp(`^${namePattern.source}$`, "u");

/** A shorter name is near to too many others. */
const minLength = 3;

/** A longer one is no name that somebody types, in UTF-16 units. */
const maxLength = 100;

export function isName(text: string): boolean {
	return text.length >= minLength && text.length <= maxLength && wholeName.test(text);
}

/**
 * The names that `word` may be a misspelling of, the nearest first: a slip of the finger for each three letters
 * (see {@link slips}), and another case or way to join words (`userId`, `user_id`) for nothing. Of two equally near ones, the one that shares more of the word's
 * beginning comes first, then the one that `names` has first.
 */
export function nearNames(word: string, names: Iterable<string>): readonly string[] {
	if (!isName(word)) {
		return [];
	}
	const lower = word.toLowerCase();
	const words = joined(lower);
	const most = Math.max(1, Math.floor(word.length / 3));
	const found = new Map<string, Nearness>();
	for (const name of names) {
		if (name === word || found.has(name) || name.length > maxLength) {
			continue;
		}
		const isSame = joined(name.toLowerCase()) === words;
		// The difference of their lengths is the least that it can be.
		if (!isSame && Math.abs(name.length - word.length) > most) {
			continue;
		}
		const distance = isSame ? 0 : slips(lower, name.toLowerCase());
		if (distance <= most && isName(name)) {
			found.set(name, { distance, begin: commonBeginning(lower, name.toLowerCase()) });
		}
	}
	return [...found]
		.toSorted(([, a], [, b]) => a.distance - b.distance || b.begin - a.begin)
		.map(([name]) => name);
}

/** Words as one: languages and people join them otherwise. */
function joined(name: string): string {
	return name.replaceAll(/(?<=[^_])_+(?=[^_])/g, "");
}

interface Nearness {
	readonly distance: number;
	/** UTF-16 units that both begin with. */
	readonly begin: number;
}

/** The names in a text, each once, those nearest to `offset` first. */
export function namesAround(text: string, offset: number): readonly string[] {
	const nearest = new Map<string, number>();
	for (const match of text.matchAll(new RegExp(namePattern, "gu"))) {
		const distance = Math.abs(match.index - offset);
		nearest.set(match[0], Math.min(distance, nearest.get(match[0]) ?? Infinity));
	}
	return [...nearest].toSorted(([, a], [, b]) => a - b).map(([name]) => name);
}

/** Fewest letters more, less, other, or swapped with their neighbour, that turn `a` into `b`. */
function slips(a: string, b: string): number {
	// Row i of the table holds the distances of the first i units of `a` to each beginning of `b`.
	let beforeLast: readonly number[] = [];
	let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			const swapped = isSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity;
			row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length] ?? 0;
}

function commonBeginning(a: string, b: string): number {
	let length = 0;
	while (length < a.length && a[length] === b[length]) {
		length++;
	}
	return length;
}
