/**
 * Counts of tokens, sorted by id, each id once. Ids and counts are views that may share memory with an
 * index: readers must not write to them. A count is never 0, but negative where it takes others back.
 */
export interface SortedCounts {
	readonly ids: Uint32Array;
	readonly counts: Int32Array;
	/** The sum of `counts`. */
	readonly total: number;
}

export const noCounts: SortedCounts = {
	ids: new Uint32Array(0),
	counts: new Int32Array(0),
	total: 0,
};

/** From this ratio of lengths on, looking each id of the shorter list up is faster than reading both. */
const lopsided = 8;

/** `a + sign · b`, without the ids whose count becomes 0. */
export function addCounts(a: SortedCounts, b: SortedCounts, sign: 1 | -1): SortedCounts {
	if (b.ids.length === 0) {
		return a;
	}
	if (a.ids.length === 0 && sign === 1) {
		return b;
	}
	const ids = new Uint32Array(a.ids.length + b.ids.length);
	const counts = new Int32Array(ids.length);
	let length: number;
	if (b.ids.length * lopsided < a.ids.length) {
		length = spliceIn(a, b, sign, ids, counts);
	} else if (a.ids.length * lopsided < b.ids.length && sign === 1) {
		length = spliceIn(b, a, 1, ids, counts);
	} else {
		length = interleave(a, b, sign, ids, counts);
	}
	return {
		ids: ids.subarray(0, length),
		counts: counts.subarray(0, length),
		total: a.total + sign * b.total,
	};
}

/** Reads both lists to the end. */
function interleave(
	a: SortedCounts,
	b: SortedCounts,
	sign: 1 | -1,
	ids: Uint32Array,
	counts: Int32Array,
): number {
	let length = 0;
	let i = 0;
	let j = 0;
	while (i < a.ids.length || j < b.ids.length) {
		const left = a.ids[i] ?? Infinity;
		const right = b.ids[j] ?? Infinity;
		const id = Math.min(left, right);
		let count = 0;
		if (left === id) {
			count += a.counts[i++] ?? 0;
		}
		if (right === id) {
			count += sign * (b.counts[j++] ?? 0);
		}
		if (count !== 0) {
			ids[length] = id;
			counts[length++] = count;
		}
	}
	return length;
}

/** Copies the long list in stretches between the few ids of the short one. */
function spliceIn(
	long: SortedCounts,
	short: SortedCounts,
	sign: 1 | -1,
	ids: Uint32Array,
	counts: Int32Array,
): number {
	let length = 0;
	let copied = 0;
	const copyUpTo = (end: number): void => {
		if (end > copied) {
			ids.set(long.ids.subarray(copied, end), length);
			counts.set(long.counts.subarray(copied, end), length);
			length += end - copied;
			copied = end;
		}
	};
	for (let j = 0; j < short.ids.length; j++) {
		const id = short.ids[j] ?? 0;
		let count = sign * (short.counts[j] ?? 0);
		const at = lowerBound(long.ids, copied, id);
		copyUpTo(at);
		if (long.ids[at] === id) {
			count += long.counts[at] ?? 0;
			copied++;
		}
		if (count !== 0) {
			ids[length] = id;
			counts[length++] = count;
		}
	}
	copyUpTo(long.ids.length);
	return length;
}

function lowerBound(ids: Uint32Array, from: number, id: number): number {
	let low = from;
	let high = ids.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((ids[middle] ?? 0) < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/** Adds up single tokens of weight +1 or −1 that come in any order. Meant for some hundreds at most. */
export class SmallTally {
	/** id · 2, plus 1 for a weight of −1: sorting the numbers then sorts the ids. */
	#packed = new Uint32Array(256);
	#length = 0;

	/** `id` is below 2³¹. */
	add(id: number, negative: boolean): void {
		if (this.#length === this.#packed.length) {
			const grown = new Uint32Array(this.#length * 2);
			grown.set(this.#packed);
			this.#packed = grown;
		}
		this.#packed[this.#length++] = id * 2 + (negative ? 1 : 0);
	}

	/** What was added since the last call. */
	drain(): SortedCounts {
		const length = this.#length;
		if (length === 0) {
			return noCounts;
		}
		this.#length = 0;
		const packed = this.#packed;
		if (length <= insertionSortLimit) {
			insertionSort(packed, length);
		} else {
			packed.subarray(0, length).sort();
		}
		return runLengths(packed, length);
	}
}

/** Up to so many it is faster than the library's sort. */
const insertionSortLimit = 24;

function insertionSort(values: Uint32Array, length: number): void {
	for (let i = 1; i < length; i++) {
		const value = values[i] ?? 0;
		let j = i - 1;
		while (j >= 0 && (values[j] ?? 0) > value) {
			values[j + 1] = values[j] ?? 0;
			j--;
		}
		values[j + 1] = value;
	}
}

function runLengths(packed: Uint32Array, length: number): SortedCounts {
	const ids = new Uint32Array(length);
	const counts = new Int32Array(length);
	let distinct = 0;
	let total = 0;
	for (let i = 0; i < length;) {
		const id = (packed[i] ?? 0) >>> 1;
		let count = 0;
		for (; i < length && (packed[i] ?? 0) >>> 1 === id; i++) {
			count += ((packed[i] ?? 0) & 1) === 0 ? 1 : -1;
		}
		if (count !== 0) {
			ids[distinct] = id;
			counts[distinct++] = count;
			total += count;
		}
	}
	return { ids: ids.subarray(0, distinct), counts: counts.subarray(0, distinct), total };
}

/**
 * Adds up any number of tokens, with one count for each token of the vocabulary: 4 bytes each, which the
 * owner allocates once and uses for one sum at a time.
 */
export class DenseTally {
	readonly #counts: Int32Array;
	#touched = new Uint32Array(1024);
	#length = 0;

	constructor(vocabularySize: number) {
		this.#counts = new Int32Array(vocabularySize);
	}

	get byteLength(): number {
		return this.#counts.byteLength + this.#touched.byteLength;
	}

	/** `id` is in the vocabulary. */
	add(id: number, weight: number): void {
		const count = this.#counts[id] ?? 0;
		if (count === 0) {
			if (this.#length === this.#touched.length) {
				const grown = new Uint32Array(this.#length * 2);
				grown.set(this.#touched);
				this.#touched = grown;
			}
			this.#touched[this.#length++] = id;
		}
		this.#counts[id] = count + weight;
	}

	/** What was added since the last call. */
	drain(): SortedCounts {
		const ids = new Uint32Array(this.#length);
		const counts = new Int32Array(this.#length);
		const length = this.drainInto(ids, counts) ?? 0;
		let total = 0;
		for (let i = 0; i < length; i++) {
			total += counts[i] ?? 0;
		}
		return { ids: ids.subarray(0, length), counts: counts.subarray(0, length), total };
	}

	/**
	 * Writes what was added since the last call to the beginning of `ids` and `counts`, and returns how many
	 * ids there are: undefined when they don't fit. They are forgotten then as well.
	 */
	drainInto(ids: Uint32Array, counts: Int32Array): number | undefined {
		const touched = this.#touched;
		const touchedCount = this.#length;
		this.#length = 0;
		if (touchedCount <= insertionSortLimit) {
			insertionSort(touched, touchedCount);
		} else {
			touched.subarray(0, touchedCount).sort();
		}
		let length = 0;
		for (let i = 0; i < touchedCount; i++) {
			const id = touched[i] ?? 0;
			const count = this.#counts[id] ?? 0;
			// An id that fell to 0 and rose again is in the list twice; the second time its count is gone.
			if (count !== 0) {
				this.#counts[id] = 0;
				ids[length] = id;
				counts[length++] = count;
			}
		}
		// What is written behind the end of an array is lost.
		return length <= ids.length ? length : undefined;
	}
}
