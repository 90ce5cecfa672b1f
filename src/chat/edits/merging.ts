import type { Indenting } from "./indentation.ts";
import type { Source } from "./outline.ts";

/** A block and the file that it is merged into. */
export interface Merging {
	readonly block: Source;
	readonly file: Source;
	readonly indenting: Indenting;
}
