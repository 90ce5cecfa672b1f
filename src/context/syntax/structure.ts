/**
 * What a change of a document asks about its syntax. API boundary of src/context/syntax, answered by the same
 * two classes as SyntaxService. Offsets are UTF-16 code units.
 */
export interface StructureService {
	/** Undefined when there is no grammar for the language, or the text can't be parsed in time. */
	structureAt(query: StructureQuery, signal: AbortSignal): Promise<SourceStructure | undefined>;
}

export interface StructureQuery {
	readonly languageId: string;
	readonly text: string;
	/** The code that is asked about; empty for a place. 0 ≤ start ≤ end ≤ text.length. */
	readonly start: number;
	readonly end: number;
}

export interface SourceStructure {
	/** Places in the whole text that the grammar doesn't allow; at most {@link maxCountedErrors}. */
	readonly errors: number;
	/** The smallest statement or member that holds the code. */
	readonly statement: OffsetRange | undefined;
	/** The innermost function, type or other named thing that holds the code. */
	readonly declaration: Declaration | undefined;
}

/** From `start` up to but without `end`. */
export interface OffsetRange {
	readonly start: number;
	readonly end: number;
}

/** With what stands around it: `export`, decorators, templates; without the comment above it. */
export interface Declaration extends OffsetRange {
	/** Where its body begins; undefined for one without. */
	readonly bodyStart: number | undefined;
}

/** A text with more errors isn't written in the language that it is taken for. */
export const maxCountedErrors = 200;
