import type { EditHistory } from "../../src/nextEdit/editHistory.ts";

/** The document as it was before the edits that are remembered. */
export function linesBefore({ lines, edits }: EditHistory): readonly string[] {
	const before = [...lines];
	// What was removed altogether stands in front of what begins on the same line.
	const inPlace = edits.toSorted((a, b) => a.line - b.line || a.next.length - b.next.length);
	for (const { line, old, next } of inPlace.reverse()) {
		before.splice(line, next.length, ...old);
	}
	return before;
}
