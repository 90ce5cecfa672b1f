import type { LineRange, PieceReason } from "../piece.ts";

/** The smallest thing that is put in or left out: a signature, or a few lines of text. */
export interface Unit extends LineRange {
	readonly path: string;
	readonly kind: "signature" | "lines";
	readonly reason: PieceReason;
	/** One line for each of [startLine, endLine]; indented less than in the file. */
	readonly text: string;
	/** Names that the text mentions, each once. */
	readonly mentions: readonly string[];
	/** Names whose definition is among the lines. */
	readonly defines: readonly string[];
	/** The declaration around it that is shown with it, such as a class; undefined when there is none. */
	readonly header: UnitHeader | undefined;
	/** What it is worth beside the names in it. */
	readonly worth: number;
}

/** One line of a file. */
export interface UnitHeader {
	readonly line: number;
	readonly text: string;
}
