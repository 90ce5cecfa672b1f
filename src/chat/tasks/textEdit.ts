/** A part of a text and what stands there instead; UTF-16 offsets into the text as it was. */
export interface OffsetEdit {
	readonly start: number;
	readonly end: number;
	readonly newText: string;
}

/** The text with the edits in it, as editors apply them; undefined when two overlap or one lies outside. */
export function withEdits(text: string, edits: readonly OffsetEdit[]): string | undefined {
	// Sorting is stable: insertions at one place stay in their order.
	const ordered = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
	let result = "";
	let at = 0;
	for (const { start, end, newText } of ordered) {
		if (start < at || end < start || end > text.length) {
			return undefined;
		}
		result += text.slice(at, start) + newText;
		at = end;
	}
	return result + text.slice(at);
}
