import { createHash } from "node:crypto";
import { uniformAt } from "../engine/sampling/random.ts";
import type { CorpusEntry } from "./corpusFile.ts";

/**
 * All entries of one language in the order in which they are to be used: one of every package, then a
 * second one of every package, and so on, so that a small sample holds many packages. The order depends on
 * nothing but the seed and the names, so it stays when files are added to other packages.
 */
export function shuffledByPackage(
	entries: readonly CorpusEntry[],
	seed: number,
): readonly CorpusEntry[] {
	const ranked = entries
		.map((entry) => ({ entry, rank: rankOf(seed, entry.package, entry.path) }))
		.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
	const taken = new Map<string, number>();
	return ranked
		.map(({ entry }) => {
			const round = taken.get(entry.package) ?? 0;
			taken.set(entry.package, round + 1);
			return { entry, round };
		})
		.sort((a, b) => a.round - b.round)
		.map(({ entry }) => entry);
}

/** The first entries of `shuffled` until they hold at least `limitBytes` bytes of text. */
export function takeBytes(
	shuffled: readonly CorpusEntry[],
	limitBytes: number,
): readonly CorpusEntry[] {
	let total = 0;
	return shuffled.filter((entry) => {
		const isTaken = total < limitBytes;
		total += isTaken ? entry.textBytes : 0;
		return isTaken;
	});
}

/** The languages of `entries` with their entries, in the order of their names. */
export function byLanguage(
	entries: readonly CorpusEntry[],
): ReadonlyMap<string, readonly CorpusEntry[]> {
	const groups = new Map<string, CorpusEntry[]>();
	for (const entry of entries) {
		const group = groups.get(entry.language);
		if (group === undefined) {
			groups.set(entry.language, [entry]);
		} else {
			group.push(entry);
		}
	}
	return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Uniform numbers in [0, 1), each call the next one; the same for the same seed and name. */
export function randomStream(seed: number, name: string): () => number {
	const start = Number.parseInt(rankOf(seed, name, "").slice(0, 8), 16);
	let index = 0;
	return () => uniformAt(start, index++);
}

function rankOf(seed: number, packageName: string, path: string): string {
	return createHash("sha256").update(`${seed}\0${packageName}\0${path}`).digest("hex");
}
