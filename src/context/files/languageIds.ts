import path from "node:path";

/** VS Code's language ids by file extension, for places that have no editor to ask. */
const byExtension: ReadonlyMap<string, string> = new Map(
	Object.entries({
		bash: "shellscript",
		c: "c",
		cc: "cpp",
		cjs: "javascript",
		cpp: "cpp",
		cs: "csharp",
		css: "css",
		cts: "typescript",
		cxx: "cpp",
		go: "go",
		h: "c",
		hh: "cpp",
		hpp: "cpp",
		htm: "html",
		html: "html",
		hxx: "cpp",
		java: "java",
		js: "javascript",
		json: "json",
		jsonc: "jsonc",
		jsx: "javascriptreact",
		less: "less",
		lua: "lua",
		md: "markdown",
		mjs: "javascript",
		mts: "typescript",
		php: "php",
		proto: "proto3",
		py: "python",
		pyi: "python",
		rake: "ruby",
		rb: "ruby",
		rs: "rust",
		scss: "scss",
		sh: "shellscript",
		sql: "sql",
		toml: "toml",
		ts: "typescript",
		tsx: "typescriptreact",
		vue: "vue",
		xml: "xml",
		yaml: "yaml",
		yml: "yaml",
	}),
);

const byName: ReadonlyMap<string, string> = new Map(
	Object.entries({
		dockerfile: "dockerfile",
		gemfile: "ruby",
		makefile: "makefile",
		rakefile: "ruby",
	}),
);

/** VS Code's language id for what it knows no language of. */
export const unknownLanguageId = "plaintext";

/** VS Code's language id for a path, "plaintext" when its name says nothing. */
export function languageIdOfPath(file: string): string {
	const name = path.posix.basename(file).toLowerCase();
	return (
		byName.get(name) ?? byExtension.get(path.posix.extname(name).slice(1)) ?? unknownLanguageId
	);
}

/** How files of a language usually end, for documents whose name doesn't tell it. */
const usualExtensions: ReadonlyMap<string, string> = new Map(
	Object.entries({
		c: "c",
		cpp: "cpp",
		csharp: "cs",
		css: "css",
		go: "go",
		html: "html",
		java: "java",
		javascript: "js",
		javascriptreact: "jsx",
		json: "json",
		jsonc: "jsonc",
		less: "less",
		lua: "lua",
		markdown: "md",
		php: "php",
		proto3: "proto",
		python: "py",
		ruby: "rb",
		rust: "rs",
		scss: "scss",
		shellscript: "sh",
		sql: "sql",
		toml: "toml",
		typescript: "ts",
		typescriptreact: "tsx",
		vue: "vue",
		xml: "xml",
		yaml: "yaml",
	}),
);

/** Without a dot; undefined for a language that no extension stands for. */
export function usualExtension(languageId: string): string | undefined {
	return usualExtensions.get(languageId);
}

const numbers: ReadonlyMap<string, number> = new Map(
	[...new Set([unknownLanguageId, ...byExtension.values(), ...byName.values()])].map((id, at) => [
		id,
		at,
	]),
);

/** Those that `languageIdOfPath` knows. */
export const knownLanguageIds: readonly string[] = [...numbers.keys()];

/** A small number for each language that `languageIdOfPath` knows. */
export function languageNumberOf(languageId: string): number {
	return numbers.get(languageId) ?? 0;
}

/** By `languageNumberOf`, 1 for the languages given: all of them when undefined. */
export function languageSet(languageIds: readonly string[] | undefined): Uint8Array {
	const set = new Uint8Array(numbers.size);
	if (languageIds === undefined) {
		return set.fill(1);
	}
	for (const id of languageIds) {
		const number = numbers.get(id);
		if (number !== undefined) {
			set[number] = 1;
		}
	}
	return set;
}
