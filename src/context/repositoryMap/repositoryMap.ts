import type { IndexQueries } from "../index/repositoryIndex.ts";
import { isTellingName } from "../sources/identifiers.ts";
import { languageFamily } from "../sources/languageFamily.ts";
import { personalisedPageRank } from "./pageRank.ts";

/** A file with its rank seen from the seeds, the highest being 1. */
export interface RankedFile {
	readonly path: string;
	readonly rank: number;
}

export interface RepositoryMapOptions {
	/** Files to start from, with weights. */
	readonly seeds: ReadonlyMap<string, number>;
	/** Language of the document; files of other families are left out. */
	readonly languageId: string;
	/** Files that are expanded at most; each costs about half a millisecond. */
	readonly maxExpanded: number;
}

/** A name that more files define points nowhere. */
const maxDefiners = 5;

/**
 * Files by a personalised PageRank over references: a file points to those that define the names that it
 * mentions, the more so the oftener it does and the fewer define the name (after Aider's repository map).
 */
export function repositoryMap(
	index: IndexQueries,
	{ seeds, languageId, maxExpanded }: RepositoryMapOptions,
): readonly RankedFile[] {
	const family = new Set(languageFamily(languageId));
	const isFamily = (path: string): boolean => family.has(index.file(path)?.languageId ?? "");
	const edgesOf = (path: string): ReadonlyMap<string, number> => {
		const edges = new Map<string, number>();
		for (const { name, count } of index.namesIn(path)) {
			if (!isTellingName(name)) {
				continue;
			}
			const definitions = index.definitionsOf(name, { most: maxDefiners });
			for (const { path: target } of definitions) {
				if (target !== path && isFamily(target)) {
					const weight = (Math.sqrt(count) * nameWeight(name)) / definitions.length;
					edges.set(target, (edges.get(target) ?? 0) + weight);
				}
			}
		}
		return edges;
	};
	const ranked = personalisedPageRank(seeds, edgesOf, {
		damping: 0.85,
		maxPushes: maxExpanded,
		leastRank: 1e-4,
	});
	const highest = ranked[0]?.[1] ?? 1;
	return ranked.map(([path, rank]) => ({ path, rank: rank / highest }));
}

/** Long compound names are chosen by a project, short ones collide; those with an underscore in front are private. */
function nameWeight(name: string): number {
	const isCompound = name.length >= 8 && /[a-z][A-Z]|_/.test(name);
	return (isCompound ? 10 : 1) * (name.startsWith("_") ? 0.1 : 1);
}
