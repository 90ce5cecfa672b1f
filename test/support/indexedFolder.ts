import path from "node:path";
import {
	openRepositoryIndex,
	type IndexOptions,
} from "../../src/context/index/openRepositoryIndex.ts";
import type { RepositoryIndex } from "../../src/context/index/repositoryIndex.ts";
import { parseFixture } from "./fixture.ts";
import { grammarFiles } from "./grammarFiles.ts";
import { TemporaryFolder } from "./temporaryFolder.ts";

export const queryFolder = path.join(import.meta.dirname, "../../syntaxes");

export function openIndex(
	root: string,
	options: Partial<IndexOptions> = {},
): Promise<RepositoryIndex> {
	return openRepositoryIndex({ root, grammarFiles, queryFolder, ...options });
}

/** The files of a fixture (see fixture.ts), scanned. The folder is gone when it is returned. */
export async function withIndexOf<T>(
	fixture: string,
	use: (index: RepositoryIndex) => T | Promise<T>,
): Promise<T> {
	const files = Object.fromEntries(
		parseFixture(fixture).map(({ path: file, text }) => [file, text]),
	);
	using folder = new TemporaryFolder(files);
	await using index = await openIndex(folder.path);
	await index.scan(new AbortController().signal);
	return await use(index);
}

/** Everything that an index answers, without the numbers that it counts with inside. */
export function dumpOf(index: RepositoryIndex): unknown {
	const files = index.files();
	return {
		files,
		symbols: files.flatMap(({ path: file }) => index.symbolsOf(file)),
		imports: files.flatMap(({ path: file }) => index.importsOf(file)),
		importers: files.map(({ path: file }) => [file, index.importersOf(file)]),
		names: files.map(({ path: file }) =>
			index
				.namesIn(file)
				.map(({ name }) => [
					name,
					index.fileFrequency(name),
					index.referencesTo(name),
					index.definitionsOf(name),
					index.membersOf(name),
					index.search(name, { limit: 20 }),
				]),
		),
	};
}
