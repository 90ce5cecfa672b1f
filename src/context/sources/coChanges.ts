import type { FileHistory } from "./fileHistory.ts";

/** A commit that touches more files says nothing about any two of them. */
const maxFilesPerCommit = 25;
/** The latest commits of a file that count. */
const maxCommitsPerFile = 40;
const maxRelated = 20;

/** Counts which files are in the same commits. */
export class CoChanges implements FileHistory {
	readonly #commitsOf = new Map<string, (readonly string[])[]>();

	/** Commits as lists of paths, the latest first. */
	constructor(commits: readonly (readonly string[])[]) {
		for (const paths of commits) {
			if (paths.length > 1 && paths.length <= maxFilesPerCommit) {
				for (const path of paths) {
					const known = this.#commitsOf.get(path);
					if (known === undefined) {
						this.#commitsOf.set(path, [paths]);
					} else if (known.length < maxCommitsPerFile) {
						known.push(paths);
					}
				}
			}
		}
	}

	changedWith(path: string): ReadonlyMap<string, number> {
		const counts = new Map<string, number>();
		for (const [age, paths] of (this.#commitsOf.get(path) ?? []).entries()) {
			// The files of a small commit belong together more than those of a large one.
			const weight = 1 / ((1 + age / 10) * (paths.length - 1));
			for (const other of paths) {
				if (other !== path) {
					counts.set(other, (counts.get(other) ?? 0) + weight);
				}
			}
		}
		const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
		const highest = sorted[0]?.[1] ?? 1;
		return new Map(sorted.slice(0, maxRelated).map(([other, count]) => [other, count / highest]));
	}
}
