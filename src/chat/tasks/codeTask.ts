/** What a command or slash command asks to be done with a piece of code. */
export type TaskKind = "explain" | "fix" | "tests" | "doc" | "refactor";

/** A document and the part of it that the task is about. */
export interface TaskCode {
	/** Relative to the repository's root, with forward slashes. */
	readonly path: string;
	readonly languageId: string;
	/** The whole document with "\n" line breaks. */
	readonly text: string;
	/** UTF-16 offsets into `text`, `start` ≤ `end`. What lies outside is never changed. */
	readonly start: number;
	readonly end: number;
}

/** What the editor reports about the code; lines count from 0, both included. */
export interface TaskProblem {
	readonly severity: "error" | "warning" | "information" | "hint";
	readonly message: string;
	/** Who reports it, for example `ts`. */
	readonly source: string | undefined;
	/** The reporter's name for it, for example `2322`. */
	readonly code: string | undefined;
	readonly startLine: number;
	readonly endLine: number;
}

/** A part of another file: a definition that the code mentions, or a file that was asked for. */
export interface TaskPiece {
	readonly path: string;
	readonly text: string;
}

export interface CodeTask {
	readonly kind: TaskKind;
	readonly code: TaskCode;
	readonly problems: readonly TaskProblem[];
	/** The most relevant last. */
	readonly related: readonly TaskPiece[];
	/** What the user wrote; needed for a refactoring, welcome with the others. */
	readonly instruction: string | undefined;
}
