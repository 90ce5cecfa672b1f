import { folderOf } from "./fileTable.ts";
import { resolveC, resolveCSharp, resolveJava, resolvePhp, resolveRuby } from "./resolve/byName.ts";
import { resolveEcmaScript } from "./resolve/ecmaScript.ts";
import { resolveGo } from "./resolve/go.ts";
import type { ImportTag, ResolutionContext, Resolve } from "./resolve/resolution.ts";
import { resolvePython } from "./resolve/python.ts";
import { resolveRust } from "./resolve/rust.ts";

/** An import of everything in a folder or a namespace may mean many files; no prompt holds more. */
const maxResolved = 50;

const resolvers: ReadonlyMap<string, Resolve> = new Map([
	["typescript", resolveEcmaScript],
	["typescriptreact", resolveEcmaScript],
	["javascript", resolveEcmaScript],
	["javascriptreact", resolveEcmaScript],
	["python", resolvePython],
	["go", resolveGo],
	["rust", resolveRust],
	["java", resolveJava],
	["c", resolveC],
	["cpp", resolveC],
	["csharp", resolveCSharp],
	["php", resolvePhp],
	["ruby", resolveRuby],
]);

/** Finds the files that an import means, from nothing but the paths of the repository and a few names. */
export class ImportResolver {
	readonly #context: ResolutionContext;

	constructor(context: ResolutionContext) {
		this.#context = context;
	}

	resolve(importer: string, languageId: string, tag: ImportTag): readonly string[] {
		const resolved = resolvers.get(languageId)?.(this.#context, importer, tag) ?? [];
		return [...new Set(resolved)].filter((file) => file !== importer).slice(0, maxResolved);
	}
}

/**
 * Words by which the importers of a file are looked for: the last two parts of the specifier and the names.
 * Whoever imports a file names the file, its folder, or the module that it says it belongs to.
 */
export function importKeysOf({ specifier, names }: ImportTag): readonly string[] {
	const parts = specifier.split(/[/\\.:]+/).filter((part) => part !== "");
	const named = names.map(({ imported }) => imported).filter((name) => name !== "*");
	return [specifier, ...parts.slice(-3), ...named].map(keyOf);
}

/** `foo-bar`, `foo_bar` and `Foo` are spellings of one module. */
function keyOf(part: string): string {
	return part.toLowerCase().replaceAll("-", "_");
}

/** Stems of files that stand for their folder. */
const folderStems: ReadonlySet<string> = new Set(["index", "__init__", "mod", "lib", "main"]);

/** Words of which each importer of a file names at least one, see importKeysOf. */
export function importerKeysOf(path: string, modules: readonly string[]): ReadonlySet<string> {
	const name = path.slice(path.lastIndexOf("/") + 1);
	const stem = name.replace(/(?:[.]d)?[.][^.]*$/, "");
	// The folder above `src` names a package or a crate.
	const folders = folderOf(path).split("/").slice(-2);
	const own = modules.flatMap((module) => [module, module.split(/[.\\]/).at(-1) ?? module]);
	const stands = folderStems.has(stem) ? [".", "..", "./", "../"] : [];
	const isGo = name.endsWith(".go");
	const isNamedByFolder = isGo || stands.length > 0 || /[.](?:java|rs)$/.test(name);
	const keys = [stem, ...own, ...stands, ...(isNamedByFolder ? folders : [])];
	return new Set(keys.filter((key) => key !== "").map(keyOf));
}
