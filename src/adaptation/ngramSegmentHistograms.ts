import { maxOrder, positionMask, type Entries, type Symbols } from "./ngramSegmentOrder.ts";
import { inSlices, type Slices } from "./ngramSlices.ts";
import type { DenseTally, SortedCounts } from "./ngramTally.ts";

/** Ranges of up to so many entries are counted when they are asked for: below a microsecond. */
export const histogramThreshold = 64;

/**
 * Most ids in all histograms of a segment, for each of its entries. Code was seen to take 0.3; text made to
 * defeat this could take 8. With 1 all contexts of one token have theirs, since no more pairs than entries
 * can differ; ranges beyond are read entry by entry, which is slower, and exact all the same.
 */
export const maxIdsPerEntry = 1;

/** What the tables of ranges take for each entry at most: 16 bytes for each long range of each order. */
export const rangeBytesPerEntry = (16 * maxOrder) / histogramThreshold;

/** The ready-made counts of long ranges, as flat arrays. */
export interface HistogramArrays {
	/** For each order, minus 1, which ranges are of that order: [firstRange[order − 1], firstRange[order]). */
	readonly firstRange: Uint32Array;
	/** The first entry of each range, ascending within an order. */
	readonly starts: Uint32Array;
	/** Where the ids of each range begin, and how many there are. Equal ranges of two orders share them. */
	readonly offsets: Uint32Array;
	readonly lengths: Uint32Array;
	readonly totals: Int32Array;
	/** Ascending within a range. */
	readonly ids: Uint32Array;
	readonly counts: Int32Array;
}

export function histogramList(arrays: HistogramArrays): readonly (Uint32Array | Int32Array)[] {
	const { firstRange, starts, offsets, lengths, totals, ids, counts } = arrays;
	return [firstRange, starts, offsets, lengths, totals, ids, counts];
}

/** The counts of the range of `order` that begins at entry `start`, or undefined when it has none. */
export function findHistogram(
	arrays: HistogramArrays,
	order: number,
	start: number,
): SortedCounts | undefined {
	const { starts, offsets, lengths, totals, ids, counts } = arrays;
	let low = arrays.firstRange[order - 1] ?? 0;
	const end = arrays.firstRange[order] ?? low;
	let high = end;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((starts[middle] ?? 0) < start) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low === end || starts[low] !== start) {
		return undefined;
	}
	const from = offsets[low] ?? 0;
	const to = from + (lengths[low] ?? 0);
	return {
		ids: ids.subarray(from, to),
		counts: counts.subarray(from, to),
		total: totals[low] ?? 0,
	};
}

/**
 * Counts what follows in every long range. `entries` are sorted positions in `symbols` whose sign bit means
 * −1; `tally` is used alone until the end.
 */
export function* buildHistograms(
	symbols: Symbols,
	entries: Entries,
	tally: DenseTally,
): Slices<HistogramArrays> {
	const shared = yield* sharedContext(symbols, entries);
	const maxIds = Math.floor(entries.length * maxIdsPerEntry);
	const tables = new HistogramTables(maxIds);
	const ends: number[] = [];
	let outer = { from: 0, to: 1 };
	for (let order = 1; order <= maxOrder; order++) {
		const from = tables.rangeCount;
		for (let parent = outer.from; parent < outer.to; parent++) {
			const start = order === 1 ? 0 : tables.startOf(parent);
			const end = order === 1 ? entries.length : (ends[parent] ?? start);
			for (const range of yield* longRanges(shared, order, start, end)) {
				if (order > 1 && range.start === start && range.end === end) {
					tables.repeat(parent);
				} else {
					yield* tallyRange(symbols, entries, range, tally);
					if (!tables.add(range.start, tally)) {
						continue;
					}
				}
				ends.push(range.end);
			}
		}
		tables.endOrder();
		outer = { from, to: tables.rangeCount };
	}
	return tables.finish();
}

/**
 * Histograms in the making. Flat from the beginning: tens of thousands of small arrays would keep the
 * collector of garbage busy for longer than a slice may take.
 */
class HistogramTables {
	readonly #firstRange: number[] = [0];
	readonly #starts: number[] = [];
	readonly #offsets: number[] = [];
	readonly #lengths: number[] = [];
	readonly #totals: number[] = [];
	readonly #ids: Uint32Array;
	readonly #counts: Int32Array;
	#idCount = 0;

	constructor(maxIds: number) {
		this.#ids = new Uint32Array(maxIds);
		this.#counts = new Int32Array(maxIds);
	}

	get rangeCount(): number {
		return this.#starts.length;
	}

	startOf(range: number): number {
		return this.#starts[range] ?? 0;
	}

	/** Takes what was added up as the counts of the range that begins at `start`. False when there is no room. */
	add(start: number, tally: DenseTally): boolean {
		const offset = this.#idCount;
		const length = tally.drainInto(this.#ids.subarray(offset), this.#counts.subarray(offset));
		if (length === undefined) {
			return false;
		}
		let total = 0;
		for (let i = offset; i < offset + length; i++) {
			total += this.#counts[i] ?? 0;
		}
		this.#push(start, offset, length, total);
		this.#idCount += length;
		return true;
	}

	/** The next order has a range with the same entries as `range`, hence the same counts. */
	repeat(range: number): void {
		const at = (list: readonly number[]): number => list[range] ?? 0;
		this.#push(at(this.#starts), at(this.#offsets), at(this.#lengths), at(this.#totals));
	}

	endOrder(): void {
		this.#firstRange.push(this.#starts.length);
	}

	finish(): HistogramArrays {
		return {
			firstRange: new Uint32Array(this.#firstRange),
			starts: new Uint32Array(this.#starts),
			offsets: new Uint32Array(this.#offsets),
			lengths: new Uint32Array(this.#lengths),
			totals: new Int32Array(this.#totals),
			ids: this.#ids.slice(0, this.#idCount),
			counts: this.#counts.slice(0, this.#idCount),
		};
	}

	#push(start: number, offset: number, length: number, total: number): void {
		this.#starts.push(start);
		this.#offsets.push(offset);
		this.#lengths.push(length);
		this.#totals.push(total);
	}
}

/** For each entry how many symbols of context it shares with the entry before it. */
function* sharedContext(symbols: Symbols, entries: Entries): Slices<Uint8Array> {
	const shared = new Uint8Array(entries.length);
	yield* inSlices(entries.length, (from, to) => {
		for (let i = Math.max(from, 1); i < to; i++) {
			const before = (entries[i - 1] ?? 0) & positionMask;
			const here = (entries[i] ?? 0) & positionMask;
			let order = 0;
			while (order < maxOrder) {
				const symbol = symbols[here - order - 1] ?? 0;
				// No context reaches over the beginning of a file.
				if (symbol === 0 || symbol !== symbols[before - order - 1]) {
					break;
				}
				order++;
			}
			shared[i] = order;
		}
	});
	return shared;
}

/** The ranges of `order` within one of the order before, [first, end), that are long enough to be counted. */
function* longRanges(
	shared: Uint8Array,
	order: number,
	first: number,
	end: number,
): Slices<readonly EntryRange[]> {
	const ranges: EntryRange[] = [];
	let start = first;
	yield* inSlices(end - first, (from, to) => {
		for (let next = first + from + 1; next <= first + to; next++) {
			if (next === end || (shared[next] ?? 0) < order) {
				if (next - start > histogramThreshold) {
					ranges.push({ start, end: next });
				}
				start = next;
			}
		}
	});
	return ranges;
}

interface EntryRange {
	readonly start: number;
	readonly end: number;
}

function* tallyRange(
	symbols: Symbols,
	entries: Entries,
	{ start, end }: EntryRange,
	tally: DenseTally,
): Slices<void> {
	yield* inSlices(end - start, (from, to) => {
		for (let i = start + from; i < start + to; i++) {
			const entry = entries[i] ?? 0;
			tally.add((symbols[entry & positionMask] ?? 1) - 1, entry >>> 31 === 0 ? 1 : -1);
		}
	});
}
