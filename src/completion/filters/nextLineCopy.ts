import type { CompletionFilter } from "./filter.ts";

/** Rejects a text whose first line is the next line with text already: the model only copied what comes next. */
export const nextLineCopy: CompletionFilter = (candidate, place) => {
	const [first = ""] = candidate.text.trimStart().split("\n");
	const onOwnLine =
		candidate.text.trimStart() !== candidate.text && candidate.text.startsWith("\n");
	const line = ((onOwnLine ? "" : place.linePrefix) + first).trim();
	if (!/[\p{L}\p{N}]/u.test(line)) {
		return candidate;
	}
	return line === nextLine(place.text, place.suffixStart) ? undefined : candidate;
};

/** The first line with text after the one that `from` is on. */
function nextLine(text: string, from: number): string | undefined {
	return text
		.slice(from, from + 1000)
		.split("\n")
		.slice(1)
		.map((line) => line.trim())
		.find((line) => line !== "");
}
