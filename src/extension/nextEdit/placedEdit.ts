import type { TextChange } from "../../nextEdit/editHistory.ts";
import type { LineEdit } from "../../nextEdit/lineEdit.ts";

/** More changes at once, or a longer text, is no typing: nothing is followed through that. In changes and UTF-16 units. */
const maxChanges = 500;
const maxUnits = 50_000;

/**
 * Where edits stand after one event of changes, each in terms of the document before all of them. Those that a change comes to are left out.
 * Asks nothing of the document, so that it costs next to nothing while somebody types.
 */
export function placedAfter<Edit extends { readonly edit: LineEdit }>(
	edits: readonly Edit[],
	changes: readonly TextChange[],
): readonly Edit[] {
	if (
		changes.length > maxChanges ||
		changes.reduce((sum, { text }) => sum + text.length, 0) > maxUnits
	) {
		return [];
	}
	const moves = changes.map(moveOf);
	return edits.flatMap((found) => {
		const { edit } = found;
		const end = edit.line + edit.old.length;
		// What is put in belongs between the two lines around it.
		const [first, last] = edit.old.length === 0 ? [edit.line - 1, edit.line] : [edit.line, end - 1];
		if (moves.some(({ from, to }) => from <= last && to >= first)) {
			return [];
		}
		const shift = moves.reduce((sum, { to, gained }) => sum + (to < first ? gained : 0), 0);
		return shift === 0 ? [found] : [{ ...found, edit: { ...edit, line: edit.line + shift } }];
	});
}

/** The lines [from, to] that a change touches, and how many lines more there are. */
function moveOf({ startLine, startColumn, endLine, endColumn, text }: TextChange): {
	readonly from: number;
	readonly to: number;
	readonly gained: number;
} {
	const keepsLastLine = endColumn === 0 && (text === "" ? startColumn === 0 : /[\r\n]$/.test(text));
	return {
		// Whole lines put in front of one touch the place between the two.
		from: keepsLastLine && startLine === endLine ? startLine - 0.5 : startLine,
		to: keepsLastLine ? endLine - 0.5 : endLine,
		gained: text.split(/\r\n|\r|\n/).length - 1 - (endLine - startLine),
	};
}
