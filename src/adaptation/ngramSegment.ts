import {
	findHistogram,
	histogramList,
	histogramThreshold,
	type HistogramArrays,
} from "./ngramSegmentHistograms.ts";
import { negativeBit, positionMask, type Symbols } from "./ngramSegmentOrder.ts";
import type { SmallTally, SortedCounts } from "./ngramTally.ts";

/** The arrays of a segment, as they are kept and saved. None is written to once the segment exists. */
export interface SegmentArrays {
	/** Pieces of files, each with the `maxOrder` symbols before it, zeros before the beginning of a file. */
	readonly symbols: Symbols;
	/**
	 * Positions in `symbols`, each at least `maxOrder`, sorted by the symbols before them, nearest
	 * first, and then by the symbol there; with {@link negativeBit} or without.
	 */
	readonly entries: Uint32Array;
	/** For each symbol where the entries begin whose context ends in it; empty in small segments. */
	readonly firstEntry: Uint32Array;
	readonly histograms: HistogramArrays;
}

/**
 * Signed n-grams: what some text contributes to an index, or what a change of it adds and takes back.
 *
 * It is an inverted suffix array over contexts instead of suffixes: the places that follow a context are one
 * range of the sorted entries, and a longer context narrows the range of a shorter one. Long ranges carry
 * their counts ready made, so that no query reads through thousands of places.
 */
export class NgramSegment {
	readonly arrays: SegmentArrays;
	/** How many entries take something back. */
	readonly negatives: number;

	constructor(arrays: SegmentArrays, negatives: number) {
		this.arrays = arrays;
		this.negatives = negatives;
	}

	/** How many n-grams of the longest order it adds or takes back. */
	get size(): number {
		return this.arrays.entries.length;
	}

	get byteLength(): number {
		const { symbols, entries, firstEntry, histograms } = this.arrays;
		let bytes = symbols.byteLength + entries.byteLength + firstEntry.byteLength;
		for (const array of histogramList(histograms)) {
			bytes += array.byteLength;
		}
		return bytes;
	}
}

/** One query's way through one segment: the range of entries that follow the context so far. */
export class SegmentCursor {
	readonly #arrays: SegmentArrays;
	readonly #onlyPositive: boolean;
	#low = 0;
	#high: number;
	#order = 0;

	constructor(segment: NgramSegment) {
		this.#arrays = segment.arrays;
		this.#onlyPositive = segment.negatives === 0;
		this.#high = segment.arrays.entries.length;
	}

	/** How many entries follow the context so far. */
	get size(): number {
		return this.#high - this.#low;
	}

	/** Whether nothing here takes counts back. */
	get onlyPositive(): boolean {
		return this.#onlyPositive;
	}

	/** Makes the context longer by one symbol, at its beginning. At most `maxOrder` times. */
	narrow(symbol: number): void {
		const { firstEntry, symbols, entries } = this.#arrays;
		this.#order++;
		if (this.#order === 1 && firstEntry.length > 0) {
			this.#low = firstEntry[symbol] ?? 0;
			this.#high = firstEntry[symbol + 1] ?? this.#low;
			return;
		}
		const low = bound(symbols, entries, this.#low, this.#high, this.#order, symbol);
		this.#high = bound(symbols, entries, low, this.#high, this.#order, symbol + 1);
		this.#low = low;
	}

	/** The counts of what follows, where they are ready made; undefined means: read the entries. */
	histogram(): SortedCounts | undefined {
		if (this.size <= histogramThreshold) {
			return undefined;
		}
		return findHistogram(this.#arrays.histograms, this.#order, this.#low);
	}

	/** Adds what follows, entry by entry. */
	tally(into: SmallTally): void {
		const { symbols, entries } = this.#arrays;
		for (let i = this.#low; i < this.#high; i++) {
			const entry = entries[i] ?? 0;
			into.add((symbols[entry & positionMask] ?? 1) - 1, entry >= negativeBit);
		}
	}
}

/** The first of the entries [low, high) whose symbol `order` places before is at least `symbol`. */
function bound(
	symbols: Symbols,
	entries: Uint32Array,
	low: number,
	high: number,
	order: number,
	symbol: number,
): number {
	while (low < high) {
		const middle = (low + high) >>> 1;
		const position = (entries[middle] ?? 0) & positionMask;
		if ((symbols[position - order] ?? 0) < symbol) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
