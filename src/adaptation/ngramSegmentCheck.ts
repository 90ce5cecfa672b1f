import type { SegmentArrays } from "./ngramSegment.ts";
import { maxOrder, positionMask } from "./ngramSegmentOrder.ts";
import type { SegmentShape } from "./ngramSegmentBuild.ts";

/**
 * What is wrong with arrays that were read from a file, or undefined. One pass over each: it proves that no
 * query can leave the arrays or hand out a token that isn't one. That the entries are sorted, and counted
 * rightly, is what the checksum is for.
 */
export function arraysProblem(shape: SegmentShape, arrays: SegmentArrays): string | undefined {
	const { symbols, entries, firstEntry, histograms } = arrays;
	if (!areAtMost(symbols, shape.vocabularySize)) {
		return "a symbol is none of this vocabulary";
	}
	for (const entry of entries) {
		const position = entry & positionMask;
		if (position < maxOrder || position >= symbols.length || symbols[position] === 0) {
			return "an entry lies outside of its segment";
		}
	}
	if (firstEntry.length !== 0 && firstEntry.length !== shape.vocabularySize + 2) {
		return "the table of symbols has not the size of the vocabulary";
	}
	if (!isAscending(firstEntry, entries.length)) {
		return "the table of symbols is out of order";
	}
	const { firstRange, starts, offsets, lengths, totals, ids, counts } = histograms;
	if (
		firstRange.length !== maxOrder + 1 ||
		!isAscending(firstRange, starts.length) ||
		[offsets, lengths, totals].some((array) => array.length !== starts.length) ||
		counts.length !== ids.length
	) {
		return "the tables of counts don't fit each other";
	}
	for (let range = 0; range < offsets.length; range++) {
		const offset = offsets[range] ?? 0;
		const end = offset + (lengths[range] ?? 0);
		if (end > ids.length) {
			return "a count lies outside of its table";
		}
		for (let i = offset; i < end; i++) {
			const id = ids[i] ?? Infinity;
			if (id >= shape.vocabularySize || (i > offset && id <= (ids[i - 1] ?? 0))) {
				return "the ids of a count are out of order";
			}
		}
	}
	return undefined;
}

export function areAtMost(values: Uint16Array | Uint32Array, max: number): boolean {
	for (const value of values) {
		if (value > max) {
			return false;
		}
	}
	return true;
}

function isAscending(values: Uint32Array, max: number): boolean {
	let last = 0;
	for (const value of values) {
		if (value < last || value > max) {
			return false;
		}
		last = value;
	}
	return true;
}
