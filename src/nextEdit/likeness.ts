import type { Candidate } from "./candidates.ts";
import type { EditedDocument } from "./editedDocument.ts";
import { skeleton } from "./lineTable.ts";
import { tokensOfLine } from "./lineTokens.ts";

/** How much a place resembles those where the edits were made, by the most alike of them; in [0, 1]. */
export interface Likeness {
	readonly isSameSkeleton: number;
	/** Share of the names of both lines that stand in both. */
	readonly sharedWords: number;
	readonly isSameLineAbove: number;
	readonly isSameLineBelow: number;
}

export function likenessOf({ edit, hits }: Candidate, document: EditedDocument): Likeness {
	const { lines, edits } = document;
	const here = edit.old[0] ?? edit.next[0] ?? "";
	const shape = skeleton(here);
	const words = wordsOf(here);
	const best = { isSameSkeleton: 0, sharedWords: 0, isSameLineAbove: 0, isSameLineBelow: 0 };
	for (const number of new Set(hits.flatMap(({ learned }) => learned.edits))) {
		const made = edits[number];
		if (made === undefined) {
			continue;
		}
		const first = made.old.length === 0 ? made.next[0] : made.old[0];
		const there = made.old.length === edit.old.length ? made.old : [first ?? ""];
		for (const line of there) {
			best.isSameSkeleton = Math.max(best.isSameSkeleton, +(skeleton(line) === shape));
			best.sharedWords = Math.max(best.sharedWords, shareOf(words, wordsOf(line)));
		}
		const [above, below] = [lines[made.line - 1], lines[made.line + made.next.length]];
		best.isSameLineAbove ||= +isSame(above, lines[edit.line - 1]);
		best.isSameLineBelow ||= +isSame(below, lines[edit.line + edit.old.length]);
	}
	return best;
}

/** Share of the names of two lines that stand in both. */
export function sharedWords(a: string, b: string): number {
	return shareOf(wordsOf(a), wordsOf(b));
}

function isSame(a: string | undefined, b: string | undefined): boolean {
	return a !== undefined && a.trim() !== "" && a.trim() === b?.trim();
}

function wordsOf(line: string): ReadonlySet<string> {
	return new Set(
		tokensOfLine(line)
			.filter(({ kind }) => kind === "word")
			.map(({ text }) => text),
	);
}

function shareOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	let shared = 0;
	for (const word of a) {
		shared += +b.has(word);
	}
	return shared / Math.max(1, a.size + b.size - shared);
}
