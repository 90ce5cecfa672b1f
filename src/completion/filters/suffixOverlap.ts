import type { CompletionFilter } from "./filter.ts";

/** Lines of an answer are few. */
const comparedLines = 12;

/**
 * Cuts off the lines at the end that follow the cursor already: the model goes on writing past its own
 * part. Indentation must agree too, because a closing bracket of an inner block isn't that of the outer.
 */
export const suffixOverlap: CompletionFilter = (candidate, place) => {
	const lines = candidate.text.trimEnd().split("\n");
	const following = place.text
		.slice(place.suffixStart, place.suffixStart + 2000)
		.split("\n")
		.slice(1)
		.map((line) => line.trimEnd())
		.filter((line) => line !== "")
		.slice(0, comparedLines);
	for (let count = Math.min(lines.length - 1, following.length); count > 0; count--) {
		const end = lines.slice(lines.length - count).map((line) => line.trimEnd());
		if (end.every((line, index) => line === following[index])) {
			return { ...candidate, text: lines.slice(0, lines.length - count).join("\n") };
		}
	}
	return candidate;
};
