import { maxOrder } from "./ngramSegmentOrder.ts";
import type { FileTokens, Piece } from "./ngramSegmentBuild.ts";

/**
 * What to add and to take back so that `after` is counted instead of `before`; undefined stands for no file.
 * Only n-grams that reach into what changed are touched: those that end in it, or up to an order behind it.
 */
export function difference(
	before: FileTokens | undefined,
	after: FileTokens | undefined,
): readonly Piece[] {
	const oldLength = before?.length ?? 0;
	const newLength = after?.length ?? 0;
	const shorter = Math.min(oldLength, newLength);
	let prefix = 0;
	let suffix = 0;
	if (before !== undefined && after !== undefined) {
		while (prefix < shorter && before[prefix] === after[prefix]) {
			prefix++;
		}
		while (
			suffix < shorter - prefix &&
			before[oldLength - 1 - suffix] === after[newLength - 1 - suffix]
		) {
			suffix++;
		}
	}
	if (prefix === oldLength && prefix === newLength) {
		return [];
	}
	const reach = Math.max(0, suffix - maxOrder);
	const pieces: Piece[] = [];
	if (before !== undefined && oldLength - reach > prefix) {
		pieces.push({ tokens: before, from: prefix, to: oldLength - reach, weight: -1 });
	}
	if (after !== undefined && newLength - reach > prefix) {
		pieces.push({ tokens: after, from: prefix, to: newLength - reach, weight: 1 });
	}
	return pieces;
}
