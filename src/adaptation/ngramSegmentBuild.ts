import { AssertionError } from "../base/assert.ts";
import { buildHistograms } from "./ngramSegmentHistograms.ts";
import {
	isSameNgram,
	maxOrder,
	negativeBit,
	newLike,
	positionMask,
	sortEntries,
	type Entries,
	type Symbols,
} from "./ngramSegmentOrder.ts";
import { NgramSegment } from "./ngramSegment.ts";
import { inSlices, type Slices } from "./ngramSlices.ts";
import type { DenseTally } from "./ngramTally.ts";

/** Token ids of one version of a file; the narrower type where the vocabulary allows it. */
export type FileTokens = Uint16Array | Uint32Array;

/** The n-grams that end at the tokens [from, to) of one version of a file, to be added or taken back. */
export interface Piece {
	readonly tokens: FileTokens;
	readonly from: number;
	readonly to: number;
	readonly weight: 1 | -1;
}

/** The vocabulary decides how wide a symbol is. */
export interface SegmentShape {
	readonly vocabularySize: number;
	readonly wide: boolean;
}

export function segmentShape(vocabularySize: number): SegmentShape {
	return { vocabularySize, wide: vocabularySize + 1 > 0x1_0000 };
}

export function newFileTokens(shape: SegmentShape, length: number): FileTokens {
	return shape.wide ? new Uint32Array(length) : new Uint16Array(length);
}

/** `token`, which has to be one of the vocabulary. */
export function checkedToken(token: number | undefined, vocabularySize: number): number {
	if (token === undefined || !(token >= 0 && token < vocabularySize) || !Number.isInteger(token)) {
		// Apart from the check: a message for each of a million tokens would take longer than the rest.
		throw new AssertionError(`token ${String(token)} is outside of the vocabulary`);
	}
	return token;
}

/** Symbols that `pieces` and `segments` hold together, which decides what building from them costs. */
export function symbolCount(pieces: readonly Piece[], segments: readonly NgramSegment[]): number {
	let count = 0;
	for (const { from, to } of pieces) {
		count += maxOrder + to - from;
	}
	for (const segment of segments) {
		count += segment.arrays.symbols.length;
	}
	return count;
}

/**
 * One segment that counts what `pieces` and `segments` count together. What one adds and another takes
 * back is in neither then. `tally` is used alone until the end.
 */
export function* buildSegment(
	shape: SegmentShape,
	pieces: readonly Piece[],
	segments: readonly NgramSegment[],
	tally: DenseTally,
): Slices<NgramSegment> {
	const { symbols, entries } = yield* collectEntries(shape, pieces, segments);
	const firstEntry = yield* indexSymbols(shape, symbols, entries);
	const histograms = yield* buildHistograms(symbols, entries, tally);
	let negatives = 0;
	yield* inSlices(entries.length, (from, to) => {
		negatives += countNegatives(entries, from, to);
	});
	return new NgramSegment({ symbols, entries, firstEntry, histograms }, negatives);
}

/** How many of the entries [from, to) take something back. */
export function countNegatives(entries: Entries, from: number, to: number): number {
	let count = 0;
	for (let i = from; i < to; i++) {
		count += (entries[i] ?? 0) >>> 31;
	}
	return count;
}

interface Sorted {
	readonly symbols: Symbols;
	readonly entries: Entries;
}

/** Apart from the rest so that the working memory of the sort is free before the counting. */
function* collectEntries(
	shape: SegmentShape,
	pieces: readonly Piece[],
	segments: readonly NgramSegment[],
): Slices<Sorted> {
	const length = symbolCount(pieces, segments);
	const symbols: Symbols = newFileTokens(shape, length);
	const collected = new Uint32Array(length);
	let offset = 0;
	let count = 0;
	for (const { arrays } of segments) {
		symbols.set(arrays.symbols, offset);
		const shift = offset;
		const start = count;
		yield* inSlices(arrays.entries.length, (from, to) => {
			for (let i = from; i < to; i++) {
				// The sum of two positions leaves the sign alone.
				collected[start + i] = (arrays.entries[i] ?? 0) + shift;
			}
		});
		count += arrays.entries.length;
		offset += arrays.symbols.length;
	}
	for (const piece of pieces) {
		count = yield* addPiece(piece, symbols, offset, collected, count);
		offset += maxOrder + piece.to - piece.from;
	}
	const entries = collected.subarray(0, count);
	yield* sortEntries(symbols, entries, shape.vocabularySize);
	const hasNegatives =
		pieces.some(({ weight }) => weight < 0) || segments.some(({ negatives }) => negatives > 0);
	const left = hasNegatives ? yield* cancelOut(symbols, entries) : count;
	if (left < count) {
		return yield* compact(symbols, entries.slice(0, left));
	}
	return { symbols, entries: count === length ? collected : entries.slice() };
}

/** Copies a piece to `offset` and appends its entries to the first `count` ones. Returns how many there are then. */
function* addPiece(
	{ tokens, from: first, to: end, weight }: Piece,
	symbols: Symbols,
	offset: number,
	entries: Entries,
	count: number,
): Slices<number> {
	const shift = offset + maxOrder - first;
	const sign = weight < 0 ? negativeBit : 0;
	// What precedes the piece is context only. The zeros before the beginning of a file are there already.
	for (let i = Math.max(0, first - maxOrder); i < first; i++) {
		symbols[shift + i] = (tokens[i] ?? 0) + 1;
	}
	let next = count;
	yield* inSlices(end - first, (from, to) => {
		for (let i = first + from; i < first + to; i++) {
			symbols[shift + i] = (tokens[i] ?? 0) + 1;
			// The first token of a file follows nothing.
			if (i > 0) {
				entries[next++] = shift + i + sign;
			}
		}
	});
	return next;
}

/**
 * Lets entries that stand for the same n-grams with opposite signs, side by side after sorting, cancel out.
 * The first entries are those that are left then; returns how many.
 */
function* cancelOut(symbols: Symbols, entries: Entries): Slices<number> {
	let length = 0;
	let groupStart = 0;
	let net = 0;
	const close = (): void => {
		// The entries of a group are alike, so any of them may stand for what is left of it.
		const left = Math.abs(net);
		for (let i = groupStart; i < groupStart + left; i++) {
			const position = (entries[i] ?? 0) & positionMask;
			entries[i] = net > 0 ? position : position + negativeBit;
		}
		length = groupStart + left;
		groupStart = length;
		net = 0;
	};
	yield* inSlices(entries.length, (from, to) => {
		for (let i = from; i < to; i++) {
			const entry = entries[i] ?? 0;
			if (length > groupStart && !isSameNgram(symbols, entries[length - 1] ?? 0, entry)) {
				close();
			}
			entries[length++] = entry;
			net += entry >>> 31 === 0 ? 1 : -1;
		}
	});
	close();
	return length;
}

/** Drops the symbols that no entry needs. `entries` are moved with them, in place. */
function* compact(symbols: Symbols, entries: Entries): Slices<Sorted> {
	const isNeeded = new Uint8Array(symbols.length);
	yield* inSlices(entries.length, (from, to) => {
		for (let i = from; i < to; i++) {
			isNeeded[(entries[i] ?? 0) & positionMask] = 1;
		}
	});
	// Backwards: an entry needs its own symbol and those of its context.
	let needed = 0;
	let kept = 0;
	yield* inSlices(symbols.length, (from, to) => {
		for (let i = symbols.length - 1 - from; i >= symbols.length - to; i--) {
			needed = isNeeded[i] === 1 ? maxOrder + 1 : needed - 1;
			isNeeded[i] = needed > 0 ? 1 : 0;
			kept += needed > 0 ? 1 : 0;
		}
	});
	const compacted = newLike(symbols, kept);
	const moved = new Uint32Array(symbols.length);
	let next = 0;
	yield* inSlices(symbols.length, (from, to) => {
		for (let i = from; i < to; i++) {
			if (isNeeded[i] === 1) {
				compacted[next] = symbols[i] ?? 0;
				moved[i] = next++;
			}
		}
	});
	yield* inSlices(entries.length, (from, to) => {
		for (let i = from; i < to; i++) {
			const entry = entries[i] ?? 0;
			const sign = entry >= negativeBit ? negativeBit : 0;
			entries[i] = (moved[entry & positionMask] ?? 0) + sign;
		}
	});
	return { symbols: compacted, entries };
}

/** Below this share of the vocabulary a search among the entries is cheaper than a table of all symbols. */
const minEntriesPerSymbol = 0.5;

/** For each symbol, and one past the last, where its entries begin. */
function* indexSymbols(
	{ vocabularySize }: SegmentShape,
	symbols: Symbols,
	entries: Uint32Array,
): Slices<Uint32Array> {
	if (entries.length < vocabularySize * minEntriesPerSymbol) {
		return new Uint32Array(0);
	}
	const first = new Uint32Array(vocabularySize + 2);
	let symbol = 0;
	yield* inSlices(entries.length, (from, to) => {
		for (let i = from; i < to; i++) {
			const here = symbols[((entries[i] ?? 0) & positionMask) - 1] ?? 0;
			while (symbol < here) {
				first[++symbol] = i;
			}
		}
	});
	while (symbol <= vocabularySize) {
		first[++symbol] = entries.length;
	}
	return first;
}
