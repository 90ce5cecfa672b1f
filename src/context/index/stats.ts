import type { IndexQueries, IndexStats } from "./repositoryIndex.ts";

/** Counts what queries can see; the rest is given. */
export function statsOf(
	index: IndexQueries,
	counted: Pick<IndexStats, "symbols" | "chunks" | "names" | "terms" | "databaseBytes">,
): IndexStats {
	const languages = new Map<string, { files: number; lines: number }>();
	let bytes = 0;
	let lines = 0;
	let imports = 0;
	let resolvedImports = 0;
	const files = index.files();
	for (const { path, languageId, size, lineCount } of files) {
		bytes += size;
		lines += lineCount;
		const language = languages.get(languageId) ?? { files: 0, lines: 0 };
		language.files++;
		language.lines += lineCount;
		languages.set(languageId, language);
		for (const { resolved } of index.importsOf(path)) {
			imports++;
			resolvedImports += resolved.length > 0 ? 1 : 0;
		}
	}
	return {
		...counted,
		files: files.length,
		bytes,
		lines,
		imports,
		resolvedImports,
		languages: [...languages]
			.map(([languageId, counts]) => ({ languageId, ...counts }))
			.sort((a, b) => b.lines - a.lines || (a.languageId < b.languageId ? -1 : 1)),
	};
}
