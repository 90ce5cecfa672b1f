import type { Explained, ExplainQuery } from "../context/explanation/explanation.ts";
import type { ContextPiece, LineRange } from "../context/piece.ts";

/**
 * What a conversation asks about the workspace. API boundary of src/chat: the editor implements it, tests
 * fake it. Nothing here changes anything.
 *
 * Paths are relative to the workspace folder, with forward slashes. Lines count from 0, columns are UTF-16
 * units, texts have "\n" line breaks. A question that can't be answered has an empty answer; only an
 * unexpected fault rejects. What a file that may hold credentials says is never returned: see
 * {@link import("./guardedWorkspace.ts").guardWorkspace}, which the session puts around every implementation.
 */
export interface ChatWorkspace {
	/** The document that the person looks at, or looked at before the chat view took the focus. */
	activeDocument(): ActiveDocument | undefined;
	/** The path of that document where it may hold credentials: `guardWorkspace` says so in its place. */
	hiddenDocument?(): string | undefined;
	/** Paths of the documents in the editor's tabs, the one seen last first. */
	openPaths(): readonly string[];
	/** What the editor's languages complain about, errors first: in one file, or everywhere. */
	problems(path?: string): readonly Problem[];
	/** Paths that match what was typed, the likeliest first; for an empty query, those that are open. */
	findFiles(query: string, limit: number, signal: AbortSignal): Promise<readonly string[]>;
	/**
	 * A file as it stands in the editor, or on disk. Of a longer one the first `maxLength` UTF-16 units are
	 * returned: an implementation never reads more than it must.
	 */
	readFile(path: string, maxLength: number, signal: AbortSignal): Promise<FileOutcome>;
	/** Definitions whose name matches what was typed, exact ones first. */
	findSymbols(
		query: string,
		limit: number,
		signal: AbortSignal,
	): Promise<readonly WorkspaceSymbol[]>;
	/** The innermost function, method or type around a line of a file; undefined when there is none. */
	definitionAround(path: string, line: number, signal: AbortSignal): Promise<LineRange | undefined>;
	/**
	 * What the index of the repository knows about code or a name. Undefined while no repository is read, and after
	 * an abort.
	 */
	explain(query: ExplainQuery, signal: AbortSignal): Promise<Explained | undefined>;
	/** Code of other files that helps with a question, the most relevant last; within the budget. */
	relatedCode(query: RelatedCodeQuery, signal: AbortSignal): Promise<readonly ContextPiece[]>;
}

export interface TextPosition {
	readonly line: number;
	readonly column: number;
}

/** From `start` up to but without `end`. */
export interface TextRange {
	readonly start: TextPosition;
	readonly end: TextPosition;
}

export interface ActiveDocument {
	readonly path: string;
	/** Known to hold credentials, whatever `path` and `text` say. */
	readonly isSecret?: boolean;
	/** VS Code's language id. */
	readonly languageId: string;
	/** The whole document. */
	readonly text: string;
	/** Empty, at the cursor, when nothing is selected. */
	readonly selection: TextRange;
}

export interface Problem {
	readonly path: string;
	readonly range: TextRange;
	readonly severity: "error" | "warning" | "information" | "hint";
	readonly message: string;
	/** As the tool names it: `2322`, `no-unused-vars`. */
	readonly code: string | undefined;
	/** Which tool says so: `ts`, `eslint`. */
	readonly source: string | undefined;
}

export type FileOutcome =
	| {
			readonly kind: "text";
			readonly path: string;
			readonly languageId: string;
			readonly text: string;
			/** The file goes on after `text`. */
			readonly isCut: boolean;
	  }
	| { readonly kind: "refused"; readonly reason: FileRefusal };

export type FileRefusal =
	/** No such file, or outside of the workspace. */
	| "notFound"
	/** It may hold credentials. */
	| "secret"
	/** No text, or none that can be read. */
	| "unreadable";

export interface WorkspaceSymbol {
	readonly name: string;
	/** A word for people: `function`, `class`. */
	readonly kind: string;
	/** The type or module that it is defined in. */
	readonly container: string | undefined;
	readonly path: string;
	/** Lines of the declaration with its body, the last one included. */
	readonly startLine: number;
	readonly endLine: number;
}

export interface RelatedCodeQuery {
	/** In a person's words. */
	readonly question: string;
	/** Where the person is, when that matters. */
	readonly place: { readonly path: string; readonly position: TextPosition } | undefined;
	/** Of all pieces with their headers, by the tokens of the completion model: a rough bound here. */
	readonly budgetTokens: number;
}
