import type { CompletionPlace } from "../completionPlace.ts";

/** A text on its way to the editor. */
export interface Candidate {
	readonly text: string;
	/** How many UTF-16 units of the rest of the cursor's line the text replaces. */
	readonly replaceAfter: number;
}

/** Changes a candidate, or rejects it by returning undefined. Pure. */
export type CompletionFilter = (
	candidate: Candidate,
	place: CompletionPlace,
) => Candidate | undefined;
