import type { IndexQueries } from "../index/repositoryIndex.ts";
import { importedBy } from "./rememberedImports.ts";
import type { RememberedRepository } from "./rememberedRepository.ts";

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
	{ index, imports }: RememberedRepository,
	path: string,
	changedTogether: ReadonlyMap<string, number>,
): RelatedFiles {
	const related = new Map<string, RelatedFile>();
	const add = (other: string, relation: FileRelation, closeness: number): void => {
		if (other !== path && (related.get(other)?.closeness ?? 0) < closeness) {
			related.set(other, { path: other, relation, closeness });
		}
	};
	for (const other of importedBy(index, path).slice(0, maxFirstHop)) {
		add(other, "import", 1);
	}
	const folder = filesInFolder(index, folderPrefixOf(path));
	for (const other of folder.slice(0, maxFirstHop)) {
		add(other, "folder", 0.6);
	}
	for (const other of imports.importersOf(path).slice(0, maxFirstHop)) {
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
		for (const other of imports.importedBy(first.path).slice(0, maxFirstHop)) {
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

/** What the paths of the files in the same folder begin with: with a slash at its end, or empty. */
export function folderPrefixOf(path: string): string {
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
