import { columnsOf } from "./indentation.ts";
import type { LineSpan } from "./review.ts";
import { sharedPart } from "./sharedPart.ts";

export type FragmentPlace =
	| ({ readonly kind: "found" } & LineSpan)
	/** Several places are as good. */
	| { readonly kind: "ambiguous" }
	| { readonly kind: "missing" };

/** Places that are compared in full; a file where a line occurs more often has no place of its own for it. */
const maxCandidates = 400;

/** Share of lines that a fragment and its place must have in common, by both lengths. */
const minSimilarity = 0.4;

/** Two places whose similarity differs by less are told apart by nothing. */
const similarityMargin = 0.05;

/**
 * Which lines of a file a fragment is a new version of: those between a line like its first and one like its
 * last that have most lines in common with it. White space at the ends of lines doesn't count. Looks at lines
 * from `from` on only.
 */
export function placeOfFragment(
	lines: readonly string[],
	fragment: readonly string[],
	from = 0,
): FragmentPlace {
	const trimmed = lines.map((line) => line.trim());
	const wanted = fragment.map((line) => line.trim());
	const first = wanted.findIndex((line) => line !== "");
	const last = wanted.findLastIndex((line) => line !== "");
	if (first < 0) {
		return { kind: "missing" };
	}
	const indentations = lines.map(columnsOf);
	const deeper = Math.sign(columnsOf(fragment[last] ?? "") - columnsOf(fragment[first] ?? ""));
	const isShapedAlike = (start: number, end: number): boolean =>
		Math.sign((indentations[end] ?? 0) - (indentations[start] ?? 0)) === deeper;
	return betweenAnchors(trimmed, wanted.slice(first, last + 1), from, isShapedAlike);
}

/** `isShapedAlike` says whether the last line is indented more than the first, less or alike, as it is in the fragment. */
function betweenAnchors(
	trimmed: readonly string[],
	wanted: readonly string[],
	from: number,
	isShapedAlike: (start: number, end: number) => boolean,
): FragmentPlace {
	const firstLine = wanted[0] ?? "";
	const lastLine = wanted.at(-1) ?? "";
	const longest = wanted.length * 3 + 30;
	const candidates: { readonly start: number; readonly end: number; readonly score: number }[] = [];
	for (let start = from; start < trimmed.length; start++) {
		if (trimmed[start] !== firstLine) {
			continue;
		}
		const limit = Math.min(trimmed.length, start + longest);
		for (let end = wanted.length === 1 ? start : start + 1; end < limit; end++) {
			if (trimmed[end] === lastLine && isShapedAlike(start, end)) {
				if (candidates.length === maxCandidates) {
					return { kind: "ambiguous" };
				}
				const score = sharedPart(trimmed.slice(start, end + 1), wanted);
				candidates.push({ start, end: end + 1, score });
			}
			if (wanted.length === 1) {
				break;
			}
		}
	}
	const [best, second] = candidates.toSorted((a, b) => b.score - a.score);
	if (best === undefined || best.score < minSimilarity) {
		return { kind: "missing" };
	}
	return second !== undefined && best.score - second.score < similarityMargin
		? { kind: "ambiguous" }
		: { kind: "found", start: best.start, end: best.end };
}
