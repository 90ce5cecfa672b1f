import path from "node:path";
import { folderOf } from "../fileTable.ts";
import type { Resolve, ResolutionContext } from "./resolution.ts";
import { nearestFirst } from "./nearest.ts";

/** In the order in which bundlers and TypeScript try them. */
const extensions = [
	"ts",
	"tsx",
	"d.ts",
	"mts",
	"cts",
	"js",
	"jsx",
	"mjs",
	"cjs",
	"json",
	"vue",
	"svelte",
];

/** What an import of the built file is an import of. */
const sourcesOf: Readonly<Record<string, readonly string[]>> = {
	js: ["ts", "tsx", "d.ts", "js", "jsx"],
	jsx: ["tsx", "jsx"],
	mjs: ["mts", "d.mts", "mjs"],
	cjs: ["cts", "d.cts", "cjs"],
};

/**
 * Relative specifiers as the runtime reads them, with extensions guessed; `@/x` and the like, which a
 * configuration maps to somewhere, by the end of the path; names of packages by the folder of that name.
 */
export const resolveEcmaScript: Resolve = (context, importer, { specifier }) => {
	if (specifier.startsWith(".")) {
		const target = path.posix.join(folderOf(importer), specifier);
		return target.startsWith("../") ? [] : moduleAt(context, target.replace(/\/$|^\.\/?$/, ""));
	}
	if (/^[@~#]\//.test(specifier) || specifier.startsWith("~")) {
		return endingWith(context, importer, specifier.replace(/^[@~#]*\/?/, ""));
	}
	const parts = specifier.split("/");
	const [name = "", ...rest] = specifier.startsWith("@") ? parts.slice(1) : parts;
	if (!context.files.hasName(name) && !context.files.hasName(parts[0] ?? "")) {
		// Most packages come from elsewhere; only a file in the root is left.
		return parts.length > 1 ? [] : moduleAt(context, specifier);
	}
	const atRoot = moduleAt(context, specifier);
	if (atRoot.length > 0) {
		return atRoot;
	}
	const ofPackage = context.files
		.foldersNamed(name)
		.flatMap((folder) => [
			...moduleAt(context, [folder, ...rest].join("/")),
			...moduleAt(context, [folder, "src", ...rest].join("/")),
		]);
	const inSource = packageSourceFolders(context, name).flatMap((folder) =>
		moduleAt(context, [folder, ...rest].join("/")),
	);
	const isInside = !specifier.startsWith("@") && rest.length > 0;
	return nearestFirst(importer, [
		...ofPackage,
		...inSource,
		...(isInside ? endingWith(context, importer, specifier) : []),
	]);
};

/** `packages/name/src` where no file stands in `packages/name` itself. */
function packageSourceFolders({ files }: ResolutionContext, name: string): readonly string[] {
	return files
		.foldersNamed("src")
		.filter((folder) => folder === `${name}/src` || folder.endsWith(`/${name}/src`));
}

/** The file that `target`, a path without or with the wrong extension, stands for. */
function moduleAt({ files }: ResolutionContext, target: string): readonly string[] {
	const candidates = [
		...candidatesOf(target),
		...extensions.map((extension) =>
			target === "" ? `index.${extension}` : `${target}/index.${extension}`,
		),
	];
	const found = candidates.find((candidate) => files.has(candidate));
	return found === undefined ? [] : [found];
}

function candidatesOf(target: string): readonly string[] {
	const written = /\.([cm]?jsx?)$/.exec(target);
	const stem = written === null ? target : target.slice(0, written.index);
	const sources = sourcesOf[written?.[1] ?? ""] ?? [];
	return [
		target,
		...sources.map((extension) => `${stem}.${extension}`),
		...extensions.map((extension) => `${target}.${extension}`),
	];
}

function endingWith(
	{ files }: ResolutionContext,
	importer: string,
	target: string,
): readonly string[] {
	const ends = [...candidatesOf(target), ...extensions.map((e) => `${target}/index.${e}`)];
	for (const end of ends) {
		const found = files.endingWith(end);
		if (found.length > 0) {
			return nearestFirst(importer, found).slice(0, 3);
		}
	}
	return [];
}
