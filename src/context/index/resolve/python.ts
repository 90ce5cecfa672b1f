import { folderOf } from "../fileTable.ts";
import type { Resolve, ResolutionContext } from "./resolution.ts";
import { foldersAbove, joined } from "./nearest.ts";

/** Folders from which a repository's own packages are imported, beside the root. */
const sourceFolders = ["src", "lib", "python"];

/**
 * Modules are files and packages are folders, below the root, a source folder or a folder above the
 * importer; names that are modules themselves come first.
 */
export const resolvePython: Resolve = (context, importer, { specifier, names }) => {
	const [dots = ""] = /^\.*/.exec(specifier) ?? [];
	const parts = specifier
		.slice(dots.length)
		.split(".")
		.filter((part) => part !== "");
	const [first] = parts;
	if (dots === "" && first !== undefined && !isKnown(context, first)) {
		// Most imports are of packages from elsewhere, and every base would be tried for them.
		return [];
	}
	const bases =
		dots === ""
			? ["", ...sourceFolders, ...foldersAbove(importer)]
			: [parentOf(folderOf(importer), dots.length - 1)];
	for (const base of bases) {
		if (base === undefined) {
			continue;
		}
		const target = joined(base, ...parts);
		const submodules = names.flatMap(({ imported }) =>
			imported === "*" ? [] : moduleAt(context, joined(target, imported)),
		);
		const found = [...submodules, ...moduleAt(context, target)];
		if (found.length > 0) {
			return found;
		}
	}
	return [];
};

function isKnown({ files }: ResolutionContext, name: string): boolean {
	return files.hasName(name) || files.hasName(`${name}.py`) || files.hasName(`${name}.pyi`);
}

function moduleAt({ files }: ResolutionContext, target: string): readonly string[] {
	return [
		`${target}.py`,
		joined(target, "__init__.py"),
		`${target}.pyi`,
		joined(target, "__init__.pyi"),
	]
		.filter((file) => files.has(file))
		.slice(0, 1);
}

/** Undefined above the root. */
function parentOf(folder: string, levels: number): string | undefined {
	const parts = folder === "" ? [] : folder.split("/");
	return levels > parts.length ? undefined : parts.slice(0, parts.length - levels).join("/");
}
