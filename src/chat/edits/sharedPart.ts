/** Twice what both have, by the length of both: 1 for the same items in any order, 0 for two empty lists. */
export function sharedPart(a: readonly string[], b: readonly string[]): number {
	const counts = new Map<string, number>();
	for (const item of a) {
		counts.set(item, (counts.get(item) ?? 0) + 1);
	}
	let shared = 0;
	for (const item of b) {
		const count = counts.get(item) ?? 0;
		if (count > 0) {
			shared++;
			counts.set(item, count - 1);
		}
	}
	const all = a.length + b.length;
	return all === 0 ? 0 : (2 * shared) / all;
}
