import { folderOf } from "../fileTable.ts";
import type { Resolve, ResolutionContext } from "./resolution.ts";
import { foldersAbove, joined, nearestFirst } from "./nearest.ts";

const crateFiles = ["lib.rs", "main.rs"];

/**
 * Paths from `crate`, `self` and `super` by the files that hold modules; other paths by a child module, or
 * by the crate of the workspace whose folder has that name. What isn't a file is in the file above it.
 */
export const resolveRust: Resolve = (context, importer, { specifier, names }) => {
	const parts = specifier.split("::").filter((part) => part !== "");
	const tails = names
		.map(({ imported }) => imported)
		.filter((name) => name !== "*")
		.map((name) => [...parts, name]);
	const paths = tails.length > 0 ? tails : [parts];
	return paths.flatMap((path) => fileOf(context, importer, path) ?? []);
};

function fileOf(
	context: ResolutionContext,
	importer: string,
	path: readonly string[],
): readonly string[] | undefined {
	const [first = "", ...rest] = path;
	switch (first) {
		case "crate": {
			const root = crateRoot(context, importer);
			return root === undefined ? undefined : below(context, root, rest);
		}
		case "self":
			return below(context, childFolder(importer), rest);
		case "super": {
			let folder = folderAround(importer);
			let left = rest;
			while (left[0] === "super") {
				folder = folderOf(folder);
				left = left.slice(1);
			}
			return below(context, folder, left);
		}
		default: {
			const child = childFile(context, childFolder(importer), path);
			return child ?? ofWorkspace(context, importer, first, rest);
		}
	}
}

/** The folder with the modules that the file declares: `a/` for `a.rs`, its own for `mod.rs`. */
function childFolder(file: string): string {
	return /(?:^|\/)(?:mod|lib|main)\.rs$/.test(file) ? folderOf(file) : file.replace(/\.rs$/, "");
}

/** The folder in which the module above the file's own has its children. */
function folderAround(file: string): string {
	return file.endsWith("/mod.rs") ? folderOf(folderOf(file)) : folderOf(file);
}

function crateRoot({ files }: ResolutionContext, importer: string): string | undefined {
	return foldersAbove(importer).find((folder) =>
		crateFiles.some((name) => files.has(joined(folder, name))),
	);
}

/** The file of the longest part of `path` that is one, starting in the folder of a module. */
function childFile(
	{ files }: ResolutionContext,
	folder: string,
	path: readonly string[],
): readonly string[] | undefined {
	for (let count = path.length; count > 0; count--) {
		const target = joined(folder, ...path.slice(0, count));
		const found = [`${target}.rs`, `${target}/mod.rs`].find((file) => files.has(file));
		if (found !== undefined) {
			return [found];
		}
	}
	return undefined;
}

/** The same, or the file of the module itself: what isn't a file below it is defined in it. */
function below(
	context: ResolutionContext,
	folder: string,
	path: readonly string[],
): readonly string[] | undefined {
	const child = childFile(context, folder, path);
	if (child !== undefined) {
		return child;
	}
	const own = [...crateFiles, "mod.rs"].map((name) => joined(folder, name));
	const found = [...own, `${folder}.rs`].find((file) => context.files.has(file));
	return found === undefined || path.length > maxUnknownParts ? undefined : [found];
}

/** Of a path from the crate's root, what isn't a file may be a type and its variant, not more. */
const maxUnknownParts = 2;

function ofWorkspace(
	context: ResolutionContext,
	importer: string,
	crate: string,
	path: readonly string[],
): readonly string[] | undefined {
	const spellings = [crate, crate.replaceAll("_", "-")];
	const roots = context.files
		.foldersNamed("src")
		.filter((folder) =>
			spellings.some((name) => folder === `${name}/src` || folder.endsWith(`/${name}/src`)),
		);
	for (const root of nearestFirst(importer, roots)) {
		const found = below(context, root, path);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}
