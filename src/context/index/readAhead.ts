export interface ReadAheadLimits {
	/** Most items that are started and not taken yet, at least 1. */
	readonly items: number;
	/** No more are started while those have this weight together. */
	readonly weight: number;
}

/** One at a time: for what is started in this thread and would only wait. */
export const notAhead: ReadAheadLimits = { items: 1, weight: 0 };

/** Yields each item, in order, with what `start` made of it some items earlier. */
export function* readAhead<Item, Started>(
	items: readonly Item[],
	start: (item: Item) => Started,
	weightOf: (item: Item) => number,
	limits: ReadAheadLimits,
): Generator<{ readonly item: Item; readonly started: Started }, void, undefined> {
	const waiting: { readonly item: Item; readonly started: Started }[] = [];
	let weight = 0;
	for (const item of items) {
		waiting.push({ item, started: start(item) });
		weight += weightOf(item);
		while (waiting.length >= limits.items || weight >= limits.weight) {
			const first = waiting.shift();
			if (first === undefined) {
				break;
			}
			weight -= weightOf(first.item);
			yield first;
		}
	}
	yield* waiting;
}
