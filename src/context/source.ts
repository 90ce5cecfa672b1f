export type { ContextPiece, PieceReason } from "./piece.ts";

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
	/** The number of the last answer for this document, to keep as much of it as pays. */
	readonly previous?: number | undefined;
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
