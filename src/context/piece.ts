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
