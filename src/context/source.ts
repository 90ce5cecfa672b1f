import type { Unit } from "./packing/unit.ts";

/** A place in a document for which context is wanted. Plain data: it crosses threads. */
export interface ContextQuery {
	/** Relative to the repository's root, with forward slashes. */
	readonly path: string;
	readonly languageId: string;
	/** The document as it is in the editor, with "\n" line breaks. */
	readonly text: string;
	/** The cursor, in UTF-16 units. */
	readonly offset: number;
	/** Places that were edited lately, the latest first. */
	readonly recentEdits: readonly EditedPlace[];
	/** Paths of other documents in the editor, the most recently seen first. */
	readonly openFiles: readonly string[];
	/** For all pieces with their headers, in [minBudgetTokens, maxBudgetTokens]. */
	readonly budgetTokens: number;
	/** What the last query for this document was answered with, to keep as much of it as pays. */
	readonly previous?: ContextParts;
}

/** Below this, hardly one definition fits beside its header. */
export const minBudgetTokens = 500;
/** The longest prompt that any model here takes. */
export const maxBudgetTokens = 131_072;

export interface EditedPlace {
	readonly path: string;
	/** Lines count from 0; the range includes its end. */
	readonly startLine: number;
	readonly endLine: number;
}

/** Why a piece is in the context. */
export const pieceReasons = [
	"member",
	"import",
	"definition",
	"neighbour",
	"similarText",
	"recentEdit",
	"openFile",
	"coChange",
	"repositoryMap",
	"body",
] as const;

export type PieceReason = (typeof pieceReasons)[number];

/** Lines [startLine, endLine], both included, counted from 0. */
export interface LineRange {
	readonly startLine: number;
	readonly endLine: number;
}

/** What goes into a prompt from one file. */
export interface ContextPiece extends LineRange {
	readonly path: string;
	/** The lines that `text` shows, in order and without overlap: a skeleton leaves bodies out. */
	readonly ranges: readonly LineRange[];
	readonly text: string;
	/** The reason of the part that counts most. */
	readonly reason: PieceReason;
	/** Names that it is expected to contribute to the code at the cursor. */
	readonly score: number;
	/** Of `text` with the header that names the file. */
	readonly tokens: number;
}

/** A context in two parts, so that a prompt stays the same from keystroke to keystroke. Plain data. */
export interface ContextParts {
	/** First in the prompt; changes only when it pays. */
	readonly stable: readonly Unit[];
	/** Behind it: what the stable part lacks for the cursor's place. */
	readonly volatile: readonly Unit[];
}
