/** Random choices that come again with the same seed. */
export interface Draw {
	/** From 0 on, `limit` excluded. */
	below(limit: number): number;
	/** True once in `times`. */
	once(times: number): boolean;
	pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function seededDraw(seed: number): Draw {
	const random = mulberry32(seed);
	const below = (limit: number): number => Math.floor(random() * limit);
	return {
		below,
		once: (times) => below(times) === 0,
		pick: (items) => items[below(items.length)] ?? items[0],
	};
}

function mulberry32(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
