import type { CompletionPlace } from "../completionPlace.ts";

/** A text on its way to the editor. */
export interface Candidate {
	readonly text: string;
	/** How many UTF-16 units of the rest of the cursor's line the text replaces. */
	readonly replaceAfter: number;
	/** Whether the text goes in front of the rest of the line as it is: what stands there already was cut off it. */
	readonly isFitted: boolean;
}

/** Changes a candidate, or rejects it by returning undefined. Pure. */
export type CompletionFilter = (
	candidate: Candidate,
	place: CompletionPlace,
) => Candidate | undefined;
