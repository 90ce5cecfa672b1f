import type { DefinitionKind } from "../syntax/fileTags.ts";
import type { NameMention, WantedMentions } from "../syntax/nameMentions.ts";

/**
 * What the rest of the context layer asks about a repository. API boundary of src/context/index.
 *
 * Every answer is plain data, so a question can be asked from another thread by sending its name and its
 * arguments. Paths are relative to the repository's root with forward slashes. Lines count from 0 and
 * ranges of lines include their end. Columns are UTF-16 units.
 *
 * Questions are answered at once from memory, in an order that depends on the content of the files alone
 * (by path, then by line, unless said otherwise): the same repository gives the same answers.
 */
export interface IndexQueries {
	/** Grows with every change of the answers: what was computed from them is valid while it stays the same. */
	readonly revision: number;
	/** Every file that is indexed, by path. */
	files(): readonly IndexedFile[];
	file(path: string): IndexedFile | undefined;
	/**
	 * The lines [startLine, endLine] as they were indexed last, or undefined when the file isn't indexed or
	 * has become unreadable. Both ends are clamped to the file.
	 */
	textOf(path: string, startLine: number, endLine: number): string | undefined;

	/** Definitions in a file, in the order of their lines; one that contains others comes before them. */
	symbolsOf(path: string): readonly IndexedSymbol[];
	/** Every definition of a name. Exact and case-sensitive. A symbol stays the same object while its file does. */
	definitionsOf(name: string, options?: DefinitionOptions): readonly IndexedSymbol[];
	/** What is defined directly inside types called `container`: fields, methods, variants. */
	membersOf(container: string): readonly IndexedSymbol[];
	/** The declaration without its body, as it stands in the file: `class Foo extends Bar`. */
	signatureOf(symbol: IndexedSymbol): string | undefined;

	importsOf(path: string): readonly IndexedImport[];
	/** Files with an import that resolves to `path`. */
	importersOf(path: string): readonly string[];

	/** How often each file mentions a name, its definitions included; comments and strings don't count. */
	referencesTo(name: string): readonly NameCount[];
	/** The names that a file mentions, by name. `path` of the result is the file's own. */
	namesIn(path: string): readonly NameCount[];
	/** In how many files a name is mentioned. Costs one look-up. */
	fileFrequency(name: string): number;
	/**
	 * Names whose definitions, members or mentions may be others than at an earlier `revision`; undefined when so
	 * much has changed since that everything may be.
	 */
	namesChangedSince(revision: number): ReadonlySet<string> | undefined;

	/**
	 * BM25 over chunks of `chunkLines` lines, best first (ties by path and line). A text is split into terms as
	 * the files are; with a map of terms (see terms.ts) each counts as often as its weight says.
	 */
	search(query: string | ReadonlyMap<string, number>, options: SearchOptions): readonly TextHit[];
}

/** Chunks of full text start at every multiple of this line number. */
export const chunkLines = 20;

export interface IndexedFile {
	readonly path: string;
	/** VS Code's language id; "plaintext" when the name of the file says nothing. */
	readonly languageId: string;
	/** Bytes. */
	readonly size: number;
	readonly lineCount: number;
	/** False for text that only the full-text search knows: no grammar, or too large for one. */
	readonly isParsed: boolean;
}

/** What the queries of `syntaxes` tell apart. */
export type SymbolKind = DefinitionKind;

export interface IndexedSymbol {
	readonly path: string;
	readonly name: string;
	readonly kind: SymbolKind;
	/** Name of the type or module that it is defined directly in; for `impl T for U` and receivers, the type. */
	readonly container: string | undefined;
	/** Where the comment or the decorators above it begin; `startLine` when there are none. */
	readonly docLine: number;
	/** The declaration with its body. */
	readonly startLine: number;
	readonly endLine: number;
	/** Where its name stands: between startLine and signatureEndLine. */
	readonly nameLine: number;
	/**
	 * Last line of the declaration without its body, and the column at which the body begins there. What has
	 * no body ends at endLine, at the column after its last character.
	 */
	readonly signatureEndLine: number;
	readonly signatureEndColumn: number;
}

export interface IndexedImport {
	/** The file that imports. */
	readonly path: string;
	readonly startLine: number;
	readonly endLine: number;
	/** As written, without quotes: `./a.js`, `os.path`, `..models`, `crate::a::b`, `stdio.h`. */
	readonly specifier: string;
	/** Empty when only the module itself is made known (`#include`, a side effect). */
	readonly names: readonly ImportedName[];
	/** Files of the repository that it may mean, the likeliest first; empty for packages from elsewhere. */
	readonly resolved: readonly string[];
}

export interface ImportedName {
	/** Name in the other module: "*" for all of them or the module as a whole, "default" for an ECMAScript default. */
	readonly imported: string;
	/** What it is called in this file; "*" when every name is made known under its own. */
	readonly local: string;
}

export interface NameCount {
	readonly path: string;
	readonly name: string;
	readonly count: number;
}

export interface DefinitionOptions {
	/** With more definitions than these, none are returned: what so many define is no name of one thing. */
	readonly most?: number;
	/** A file whose definitions aren't wanted, such as the one being edited. */
	readonly excludePath?: string;
	/** Only files of these languages. */
	readonly languageIds?: readonly string[];
}

export interface SearchOptions {
	/** Most hits that are returned. */
	readonly limit: number;
	/** A file whose chunks aren't wanted, such as the one being edited. */
	readonly excludePath?: string;
	/** Only files of these languages. */
	readonly languageIds?: readonly string[];
}

export interface TextHit {
	readonly path: string;
	readonly startLine: number;
	readonly endLine: number;
	/** BM25 with k1 = 1.2 and b = 0.75; comparable between hits of one search only. */
	readonly score: number;
}

/** What can be read off one file alone, without knowing the others. Lines and columns as above. */
export interface FileFacts {
	readonly lineCount: number;
	readonly isParsed: boolean;
	readonly symbols: readonly Omit<IndexedSymbol, "path">[];
	readonly imports: readonly Omit<IndexedImport, "path" | "resolved">[];
	/** Names that are mentioned, with how often, by name. */
	readonly names: readonly (readonly [name: string, count: number])[];
}

/** An index that also follows the repository. Made by `openRepositoryIndex`. */
export interface RepositoryIndex extends IndexQueries, AsyncDisposable {
	/**
	 * Brings the index up to date with the folder: new and changed files are read, those that are gone are
	 * forgotten. Yields to other work between files. What was indexed before an abort stays indexed.
	 */
	scan(signal: AbortSignal, onProgress?: (progress: ScanProgress) => void): Promise<ScanSummary>;
	/**
	 * Reads one file again; with `text`, takes that instead of what is on disk until the next call without it
	 * (a document that isn't saved). A file that may not be indexed, or is gone, is forgotten.
	 */
	update(path: string, text?: string): Promise<void>;
	/** Forgets a file, or every file in a folder. */
	remove(path: string): Promise<void>;
	/** What can be read off a text that isn't indexed, with its imports resolved as if it stood at `path`. */
	analyse(path: string, text: string): Promise<AnalysedText>;
	/**
	 * Where names stand in a text that is taken as if it stood at `path`. Parses it. Undefined without a grammar,
	 * and for a text that can't be parsed.
	 */
	mentionsIn(
		path: string,
		text: string,
		wanted: WantedMentions,
	): Promise<readonly NameMention[] | undefined>;
	stats(): IndexStats;
}

export interface AnalysedText {
	readonly facts: FileFacts;
	readonly imports: readonly IndexedImport[];
}

export interface ScanProgress {
	readonly filesDone: number;
	/** Files found so far that have to be read. */
	readonly filesTotal: number;
	readonly bytesDone: number;
	readonly bytesTotal: number;
}

export interface ScanSummary {
	/** Read and indexed. */
	readonly indexed: number;
	/** Known by size and time, or by the hash of their content. */
	readonly unchanged: number;
	readonly removed: number;
	/** Passed over: too large, binary, generated, secret or unreadable. */
	readonly skipped: number;
	readonly bytes: number;
	readonly elapsedMs: number;
	readonly aborted: boolean;
}

export interface IndexStats {
	readonly files: number;
	readonly bytes: number;
	readonly lines: number;
	readonly symbols: number;
	readonly imports: number;
	readonly resolvedImports: number;
	readonly names: number;
	readonly chunks: number;
	readonly terms: number;
	/** Files and lines by language id, the most lines first. */
	readonly languages: readonly {
		readonly languageId: string;
		readonly files: number;
		readonly lines: number;
	}[];
	/** Size of the database on disk. */
	readonly databaseBytes: number;
}
