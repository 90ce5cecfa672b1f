/**
 * What the completion pipeline asks about syntax. API boundary of src/context/syntax: answered by
 * LocalSyntax in this thread (command line, tests) and by SyntaxClient from a worker thread (editor).
 * Offsets are UTF-16 code units, as everywhere outside this folder.
 */
export interface SyntaxService {
	/**
	 * Where `offset` stands in `text`. "unknown" when there is no grammar for the language or the text
	 * is too large to parse; callers must then behave as if it were plain code.
	 */
	positionAt(query: SyntaxQuery, signal: AbortSignal): Promise<SyntaxPosition>;
	/**
	 * How much of `candidate`, inserted at `offset`, is one statement or the block that it opens.
	 * Called while the model still writes, so the end of `candidate` may be anywhere.
	 */
	extentOf(query: ExtentQuery, signal: AbortSignal): Promise<SyntaxExtent>;
	dispose(): Promise<void>;
}

export interface SyntaxQuery {
	readonly languageId: string;
	readonly text: string;
	readonly offset: number;
}

export interface ExtentQuery extends SyntaxQuery {
	readonly candidate: string;
}

export interface SyntaxPosition {
	readonly kind: "code" | "comment" | "string" | "unknown";
}

export type SyntaxExtent =
	/** The statement or block isn't finished within the candidate: more text is needed. */
	| { readonly kind: "open" }
	/** It ends `length` UTF-16 units into the candidate; the rest belongs to what follows. */
	| { readonly kind: "complete"; readonly length: number }
	| { readonly kind: "unknown" };

/** The answer when there is none: callers go on as if it were plain code. */
export const unknownPosition: SyntaxPosition = { kind: "unknown" };

export const unknownExtent: SyntaxExtent = { kind: "unknown" };

/**
 * Longest text that is parsed, in UTF-16 code units. Parsing anew takes about 1 ms for 2,000 units, once;
 * a keystroke in a text that is known takes 1 to 2 ms.
 */
export const maxParsedLength = 512 * 1024;
