import type { Successors } from "../../src/engine/adaptation/ngramCounts.ts";

/** Successors as plain data, to compare with. */
export interface PlainSuccessors {
	readonly order: number;
	readonly counts: readonly (readonly [id: number, count: number])[];
	readonly total: number;
}

export function plain(found: readonly Successors[]): readonly PlainSuccessors[] {
	return found.map(({ order, ids, counts, total }) => ({
		order,
		counts: Array.from(ids, (id, index) => [id, counts[index] ?? NaN] as const),
		total,
	}));
}

/** Counts n-grams by reading all texts from the beginning for every question. */
export function successorsByReading(
	texts: readonly (readonly number[])[],
	context: readonly number[],
	maxOrder = 8,
): readonly PlainSuccessors[] {
	const found: PlainSuccessors[] = [];
	for (let order = 1; order <= Math.min(maxOrder, context.length); order++) {
		const wanted = context.slice(-order).join(" ");
		const counts = new Map<number, number>();
		for (const text of texts) {
			for (const [place, token] of text.entries()) {
				if (place >= order && text.slice(place - order, place).join(" ") === wanted) {
					counts.set(token, (counts.get(token) ?? 0) + 1);
				}
			}
		}
		if (counts.size === 0) {
			break;
		}
		const sorted = [...counts].sort(([a], [b]) => a - b);
		found.push({ order, counts: sorted, total: sorted.reduce((sum, [, count]) => sum + count, 0) });
	}
	return found;
}

/** Contexts worth asking for: everywhere in the texts, and some that nobody wrote. */
export function contextsOf(texts: readonly (readonly number[])[]): readonly (readonly number[])[] {
	const contexts: (readonly number[])[] = [[], [0], [1, 0, 1]];
	for (const text of texts) {
		for (let end = 1; end <= text.length; end += Math.max(1, Math.floor(text.length / 12))) {
			contexts.push(text.slice(Math.max(0, end - 9), end));
		}
	}
	return contexts;
}
