import type { CompletionFilter } from "./filter.ts";

/** Rejects a text that shows nothing. */
export const blank: CompletionFilter = (candidate) =>
	candidate.text.trim() === "" ? undefined : candidate;
