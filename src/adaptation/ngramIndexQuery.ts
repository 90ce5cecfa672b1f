import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Successors } from "./ngramCounts.ts";
import { SegmentCursor, type NgramSegment } from "./ngramSegment.ts";
import { maxOrder } from "./ngramSegmentOrder.ts";
import { addCounts, SmallTally, type SortedCounts } from "./ngramTally.ts";

/** Successors of one order whose arrays can be calculated with. */
export interface SortedSuccessors extends SortedCounts, Successors {
	readonly ids: Uint32Array;
	readonly counts: Int32Array;
	readonly total: number;
}

/** What follows `context` in the sum of `segments`, order by order. */
export function successorsIn(
	segments: readonly NgramSegment[],
	context: readonly TokenId[],
): readonly SortedSuccessors[] {
	const found: SortedSuccessors[] = [];
	let cursors = segments.map((segment) => new SegmentCursor(segment));
	const tally = new SmallTally();
	let places = -1;
	const longest = Math.min(maxOrder, context.length);
	for (let order = 1; order <= longest; order++) {
		const symbol = (context[context.length - order] ?? -1) + 1;
		for (const cursor of cursors) {
			cursor.narrow(symbol);
		}
		cursors = cursors.filter(({ size }) => size > 0);
		const placesHere = cursors.reduce((sum, { size }) => sum + size, 0);
		const before = found.at(-1);
		// A longer context at the same places has the same successors.
		const counts = placesHere === places && before !== undefined ? before : sum(cursors, tally);
		places = placesHere;
		if (counts.ids.length === 0) {
			break;
		}
		found.push({ order, ids: counts.ids, counts: counts.counts, total: counts.total });
	}
	return found;
}

function sum(cursors: readonly SegmentCursor[], tally: SmallTally): SortedCounts {
	const long: SortedCounts[] = [];
	for (const cursor of cursors) {
		const counts = cursor.histogram();
		if (counts === undefined) {
			cursor.tally(tally);
		} else {
			long.push(counts);
		}
	}
	// The longest last: the short ones are then spliced into it in one go.
	long.sort((a, b) => a.ids.length - b.ids.length);
	return long.reduce((sum, counts) => addCounts(sum, counts, 1), tally.drain());
}

/** `all − part`, where every count of `part` is in `all`. */
export function subtractSuccessors(
	all: readonly SortedSuccessors[],
	part: readonly SortedSuccessors[],
): readonly SortedSuccessors[] {
	const left: SortedSuccessors[] = [];
	for (const [index, one] of all.entries()) {
		const other = part[index];
		if (other === undefined) {
			left.push(one);
			continue;
		}
		const { ids, counts, total } = addCounts(one, other, -1);
		if (ids.length === 0) {
			break;
		}
		left.push({ order: one.order, ids, counts, total });
	}
	return left;
}
