import type { Resolve, ResolutionContext } from "./resolution.ts";
import { foldersAbove, joined } from "./nearest.ts";

/**
 * A package is a folder: the path below the module that the nearest go.mod names, or, without one, the
 * longest end of the path that is a folder. Tests of the package aren't part of it.
 */
export const resolveGo: Resolve = (context, importer, { specifier }) => {
	for (const folder of foldersAbove(importer)) {
		const module = moduleName(context, joined(folder, "go.mod"));
		if (module !== undefined && (specifier === module || specifier.startsWith(`${module}/`))) {
			return packageAt(context, joined(folder, specifier.slice(module.length + 1)));
		}
	}
	const parts = specifier.split("/");
	// The standard library's packages have no dot in front, and names like those of folders everywhere.
	if (!specifier.includes(".") || !(parts[0] ?? "").includes(".")) {
		return [];
	}
	for (let from = 1; from < parts.length; from++) {
		const found = packageAt(context, parts.slice(from).join("/"));
		if (found.length > 0) {
			return found;
		}
	}
	return [];
};

function packageAt({ files }: ResolutionContext, folder: string): readonly string[] {
	return files.filesIn(folder).filter((file) => file.endsWith(".go") && !file.endsWith("_test.go"));
}

function moduleName(context: ResolutionContext, file: string): string | undefined {
	if (!context.files.has(file)) {
		return undefined;
	}
	return /^module\s+"?([^\s"]+)/m.exec(context.textOf(file) ?? "")?.[1];
}
