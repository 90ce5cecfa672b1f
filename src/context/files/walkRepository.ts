import { readdirSync, type Dirent } from "node:fs";
import path from "node:path";
import type { FileVersion } from "./openedFile.ts";
import { versionOf } from "./openedFile.ts";
import { isSkippedFolder, type IgnoreRules } from "./ignoreRules.ts";
import { rulesAbove, rulesIn } from "./rulesOfFolders.ts";
import { isSecretIn } from "./secrets.ts";

export interface WalkOptions {
	/** Globs as in `files.exclude`. */
	readonly exclude: readonly string[];
	/** Files in bytes; larger ones are passed over without being opened. */
	readonly maxFileBytes: number;
}

export interface FoundFile {
	/** Relative to the root, with forward slashes. */
	readonly path: string;
	readonly version: FileVersion;
}

/** Deeper folders are made by programs, or to trip programs. */
const maxDepth = 64;

/** A repository with more files than this is more than one; the rest stays unknown to the index. */
export const maxFiles = 100_000;

/**
 * The files of a repository that may be indexed, by name within each folder. Links aren't followed, so there
 * are no loops and no way out. `undefined` is yielded after each folder: a place to let other work go on.
 */
export function* walkRepository(
	root: string,
	options: WalkOptions,
): Generator<FoundFile | undefined, void, undefined> {
	let found = 0;
	const open: { folder: string; depth: number; rules: IgnoreRules }[] = [
		{ folder: "", depth: 0, rules: rulesAbove(root, options.exclude) },
	];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		const { folder, depth } = next;
		const entries = entriesOf(path.join(root, folder));
		const names = new Set(entries.map(({ name }) => name));
		const rules = rulesIn(next.rules, root, folder, (name) => names.has(name));
		const folders: typeof open = [];
		for (const entry of entries) {
			const file = folder + entry.name;
			if (entry.isDirectory()) {
				if (depth < maxDepth && !rules.ignoresFolder(file)) {
					folders.push({ folder: `${file}/`, depth: depth + 1, rules });
				}
			} else if (entry.isFile() && !isSecretIn(root, file) && !rules.ignoresFile(file)) {
				const version = versionOf(root, file);
				if (version !== undefined && version.size <= options.maxFileBytes) {
					found++;
					yield { path: file, version };
				}
			}
			if (found >= maxFiles) {
				return;
			}
		}
		open.push(...folders.toReversed());
		yield undefined;
	}
}

/**
 * Whether the walk would come to `file`: for a change that the editor reports. Reads the .gitignore of
 * every folder above it, up to the top of the work tree.
 */
export function isWalked(root: string, file: string, exclude: readonly string[]): boolean {
	const parts = file.split("/");
	if (
		parts.some((part) => part === "" || part === "." || part === "..") ||
		parts.length > maxDepth + 1
	) {
		return false;
	}
	// Asked first because it costs nothing, and because most of what changes by itself changes there.
	if (parts.slice(0, -1).some(isSkippedFolder)) {
		return false;
	}
	let rules = rulesAbove(root, exclude);
	let folder = "";
	for (const part of parts.slice(0, -1)) {
		rules = rulesIn(rules, root, folder);
		if (rules.ignoresFolder(folder + part)) {
			return false;
		}
		folder += `${part}/`;
	}
	rules = rulesIn(rules, root, folder);
	return !isSecretIn(root, file) && !rules.ignoresFile(file);
}

/** Empty for a folder that is gone or may not be read: what can't be seen isn't indexed. */
function entriesOf(folder: string): readonly Dirent[] {
	try {
		return readdirSync(folder, { withFileTypes: true }).sort(byName);
	} catch {
		return [];
	}
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
