import type { IndexQueries } from "../index/repositoryIndex.ts";

/** How a file is reached from the one with the cursor. */
export type FileRelation = "import" | "folder" | "importer" | "secondHop" | "coChange";

export interface RelatedFile {
	readonly path: string;
	readonly relation: FileRelation;
	/** In (0, 1]. */
	readonly closeness: number;
}

/** Files that a file can plainly reach, with how close each is. */
export type RelatedFiles = ReadonlyMap<string, RelatedFile>;

/** More than these aren't looked at: the rest is found by name or by text. */
const maxFirstHop = 120;
const maxSecondHop = 80;

/**
 * Files that are imported, that import this one, that stand in the same folder; then what those import. A
 * second hop counts the more, the more of the first lead to it.
 */
export function relatedFiles(
	index: IndexQueries,
	path: string,
	changedTogether: ReadonlyMap<string, number>,
): RelatedFiles {
	const related = new Map<string, RelatedFile>();
	const add = (other: string, relation: FileRelation, closeness: number): void => {
		if (other !== path && (related.get(other)?.closeness ?? 0) < closeness) {
			related.set(other, { path: other, relation, closeness });
		}
	};
	const cache = cacheOf(index);
	const imported = importedBy(index, path);
	for (const other of imported.slice(0, maxFirstHop)) {
		add(other, "import", 1);
	}
	const folder = filesInFolder(index, folderOf(path));
	for (const other of folder.slice(0, maxFirstHop)) {
		add(other, "folder", 0.6);
	}
	for (const other of cached(cache.importers, path, () => index.importersOf(path)).slice(
		0,
		maxFirstHop,
	)) {
		add(other, "importer", 0.45);
	}
	for (const [other, strength] of changedTogether) {
		if (index.file(other) !== undefined) {
			add(other, "coChange", 0.2 + 0.4 * strength);
		}
	}
	const votes = new Map<string, number>();
	for (const first of [...related.values()]) {
		const weight = first.relation === "import" ? 1 : 0.7;
		for (const other of cached(cache.imported, first.path, () =>
			importedBy(index, first.path),
		).slice(0, maxFirstHop)) {
			votes.set(other, (votes.get(other) ?? 0) + weight);
		}
	}
	const second = [...votes]
		.filter(([other]) => !related.has(other) && other !== path)
		.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
		.slice(0, maxSecondHop);
	const most = second[0]?.[1] ?? 1;
	for (const [other, count] of second) {
		add(other, "secondHop", 0.1 + 0.3 * (count / most));
	}
	return related;
}

function importedBy(index: IndexQueries, path: string): readonly string[] {
	const files = index.importsOf(path).flatMap(({ resolved }) => resolved);
	// A Go import means every file of a folder, and what is only for its tests isn't part of it.
	return [...new Set(files)].filter((file) => !file.endsWith("_test.go"));
}

/**
 * What other files import, remembered for each index: resolving takes a tenth of a millisecond a file and a
 * query asks about a hundred. Typing in one file changes the revision but hardly ever what others import, so an
 * answer serves for a while; the document's own imports are read anew with every query.
 */
const remembered = new WeakMap<IndexQueries, ImportCache>();
const maxAge = 500;

interface ImportCache {
	revision: number;
	readonly imported: Map<string, readonly string[]>;
	readonly importers: Map<string, readonly string[]>;
}

function cacheOf(index: IndexQueries): ImportCache {
	let cache = remembered.get(index);
	if (cache === undefined || index.revision - cache.revision > maxAge) {
		cache = { revision: index.revision, imported: new Map(), importers: new Map() };
		remembered.set(index, cache);
	}
	return cache;
}

function cached(
	known: Map<string, readonly string[]>,
	path: string,
	ask: () => readonly string[],
): readonly string[] {
	let answer = known.get(path);
	if (answer === undefined) {
		answer = ask();
		known.set(path, answer);
	}
	return answer;
}

export function folderOf(path: string): string {
	return path.slice(0, path.lastIndexOf("/") + 1);
}

/** Files directly in `folder`, by a search in the sorted list of all. */
function filesInFolder(index: IndexQueries, folder: string): readonly string[] {
	const files = index.files();
	let low = 0;
	let high = files.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((files[middle]?.path ?? "") < folder) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	const found: string[] = [];
	for (let at = low; at < files.length; at++) {
		const path = files[at]?.path ?? "";
		if (!path.startsWith(folder)) {
			break;
		}
		if (!path.includes("/", folder.length)) {
			found.push(path);
		}
	}
	return found;
}
