import type { FileTable } from "../fileTable.ts";
import type { FileFacts } from "../repositoryIndex.ts";

/** What resolving an import may ask about the repository. */
export interface ResolutionContext {
	readonly files: FileTable;
	/** A whole file, such as go.mod; undefined when it isn't indexed. */
	textOf(path: string): string | undefined;
	/** Files that give their content this name (`namespace`, `package`), by path. */
	filesDefiningModule(name: string): readonly string[];
}

export type ImportTag = FileFacts["imports"][number];

export type Resolve = (
	context: ResolutionContext,
	importer: string,
	tag: ImportTag,
) => readonly string[];
