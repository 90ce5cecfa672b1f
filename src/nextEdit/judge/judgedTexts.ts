import type { EditedDocument } from "../editedDocument.ts";
import type { LineEdit } from "../lineEdit.ts";

/** What a model reads to judge an edit: the same beginning, and how it goes on with the edit and without. With "\n" line breaks. */
export interface JudgedTexts {
	/** The edits made lately that are out of sight, then the lines above. */
	readonly head: string;
	readonly withEdit: string;
	readonly without: string;
}

/** The window begins at a multiple of it, so that edits near each other are judged behind the same beginning. */
const gridLines = 8;
/** Lines above the edit that are read at least; more were measured to bring nothing, and each takes time. */
const linesAbove = 18;
/** Lines behind the edit: with it, they have to make sense. */
const linesBehind = 2;
/** Of an edit that was made elsewhere, lines above and below it. */
const linesAround = 2;
/** As many of the edits made are shown. */
const shownEdits = 4;
/** The rest of a longer line, or of a longer edit, says nothing more; in UTF-16 units and lines. */
const maxLineUnits = 300;
const maxShownLines = 12;

/** The texts for an edit whose `old` lines stand in the document. */
export function judgedTexts(document: EditedDocument, { line, old, next }: LineEdit): JudgedTexts {
	const { lines, edits } = document;
	const start = Math.max(0, Math.floor((line - linesAbove) / gridLines) * gridLines);
	const made = edits
		.slice(-shownEdits)
		.filter((edit) => edit.line + edit.next.length <= start || edit.line >= line)
		.map((edit) => {
			const from = Math.max(0, edit.line - linesAround);
			const to = edit.line + Math.min(edit.next.length, maxShownLines) + linesAround;
			return `${textOf(lines.slice(from, to))}\n`;
		});
	const behind = lines.slice(line + old.length, line + old.length + linesBehind);
	return {
		head: made.join("") + textOf(lines.slice(start, line)),
		withEdit: textOf([...next, ...behind]),
		without: textOf([...old, ...behind]),
	};
}

function textOf(lines: readonly string[]): string {
	return lines
		.map((line) => `${line.replace(/\r$/, "").slice(0, maxLineUnits).toWellFormed()}\n`)
		.join("");
}
