import { isWithinLine } from "../completionPlace.ts";
import type { CompletionFilter } from "./filter.ts";

/**
 * Removes white space and line breaks from the end; nobody sees them, and formatters remove them again.
 * Within a line a space may be what separates the text from the code after it.
 */
export const trailingWhitespace: CompletionFilter = (candidate, place) =>
	isWithinLine(place) ? candidate : { ...candidate, text: candidate.text.trimEnd() };
