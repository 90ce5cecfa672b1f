import { columnsOf } from "./indentation.ts";
import type { LineSpan } from "./review.ts";

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
	return betweenAnchors(trimmed, wanted.slice(first, last + 1), from, {
		isDeeper: columnsOf(fragment[last] ?? "") - columnsOf(fragment[first] ?? ""),
		lines,
	});
}

interface AnchorShape {
	/** Above 0 where the last line is indented more than the first, below where it is less. */
	readonly isDeeper: number;
	readonly lines: readonly string[];
}

function betweenAnchors(
	trimmed: readonly string[],
	wanted: readonly string[],
	from: number,
	shape: AnchorShape,
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
			const isEnd =
				trimmed[end] === lastLine &&
				Math.sign(columnsOf(shape.lines[end] ?? "") - columnsOf(shape.lines[start] ?? "")) ===
					Math.sign(shape.isDeeper);
			if (isEnd) {
				if (candidates.length === maxCandidates) {
					return { kind: "ambiguous" };
				}
				const score = similarity(trimmed.slice(start, end + 1), wanted);
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

/** Twice what both have, by the length of both: 1 for the same lines in any order. */
function similarity(a: readonly string[], b: readonly string[]): number {
	const counts = new Map<string, number>();
	for (const line of a) {
		counts.set(line, (counts.get(line) ?? 0) + 1);
	}
	let shared = 0;
	for (const line of b) {
		const count = counts.get(line) ?? 0;
		if (count > 0) {
			shared++;
			counts.set(line, count - 1);
		}
	}
	return (2 * shared) / (a.length + b.length);
}
