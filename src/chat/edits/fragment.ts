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
 * last that have most lines in common with it; or the declaration of the same name. White space at the ends of
 * lines doesn't count. Looks at lines from `from` on only.
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
	const between = betweenAnchors(trimmed, wanted.slice(first, last + 1), from, {
		indentation: columns(fragment[last]) - columns(fragment[first]),
		lines,
	});
	return between.kind === "missing" ? sameDeclaration(lines, fragment, from) : between;
}

interface AnchorShape {
	/** How much more the last line is indented than the first. */
	readonly indentation: number;
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
				columns(shape.lines[end]) - columns(shape.lines[start]) === shape.indentation;
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

/** Words that stand before the name of what a line declares, in the languages that people ask about. */
const declaration =
	/^\s*(?:(?:export|default|public|private|protected|internal|static|abstract|async|pub(?:\([\w\s]+\))?|final|override|readonly|declare|const|unsafe)\s+)*(function\*?|class|interface|type|enum|struct|trait|impl|def|fn|func|module|namespace|const|let|var)\s+(?:\([^)]*\)\s*)?([\w$]+)/;

/** A declaration of the same kind and name, when the file has exactly one; its end is told by indentation. */
function sameDeclaration(
	lines: readonly string[],
	fragment: readonly string[],
	from: number,
): FragmentPlace {
	const declaredAt = fragment.findIndex((line) => declaration.test(line));
	const declared = declaration.exec(fragment[declaredAt] ?? "");
	if (declared === null || !fragment.slice(0, declaredAt).every(isAboveDeclaration)) {
		return { kind: "missing" };
	}
	const [, kind, name] = declared;
	const matches: number[] = [];
	for (let line = from; line < lines.length; line++) {
		const found = declaration.exec(lines[line] ?? "");
		if (found?.[1] === kind && found?.[2] === name) {
			matches.push(line);
		}
	}
	const [start] = matches;
	if (start === undefined) {
		return { kind: "missing" };
	}
	if (matches.length > 1) {
		return { kind: "ambiguous" };
	}
	const first = declaredAt === 0 ? start : startOfComments(lines, start, from);
	return { kind: "found", start: first, end: endOfIndented(lines, start) };
}

/** Comments, decorators, attributes and blank lines lead into a declaration. */
function isAboveDeclaration(line: string): boolean {
	return /^\s*(?:$|\/[/*]|\*|#|@|\[)/.test(line);
}

function startOfComments(lines: readonly string[], line: number, from: number): number {
	let first = line;
	while (first > from && /^\s*(?:\/[/*]|\*|#|@|\[)/.test(lines[first - 1] ?? "")) {
		first--;
	}
	return first;
}

/** The line after the last one that belongs to what line `start` declares. */
function endOfIndented(lines: readonly string[], start: number): number {
	const own = columns(lines[start]);
	let end = start + 1;
	for (let at = start + 1; at < lines.length; at++) {
		const line = lines[at] ?? "";
		if (line.trim() === "") {
			continue;
		}
		if (columns(line) > own || (columns(line) === own && /^\s*[)\]}]/.test(line))) {
			end = at + 1;
			if (columns(line) === own && /^\s*[)\]}]+[;,]?\s*$/.test(line)) {
				return end;
			}
		} else {
			return end;
		}
	}
	return end;
}

function columns(line: string | undefined): number {
	return (/^[ \t]*/.exec(line ?? "")?.[0] ?? "").length;
}
