import type { EditedDocument } from "../../src/nextEdit/editedDocument.ts";
import { applyLineEdit, type LineEdit } from "../../src/nextEdit/lineEdit.ts";

export interface EditedFixture {
	readonly document: EditedDocument;
	/** What is to come, in order. */
	readonly next: readonly LineEdit[];
}

/**
 * A document in the middle of a change, as a text in which each line begins with a sign: " " stands, "-" was replaced by the "+" that follow,
 * and "<" is to be replaced by the ">" that follow. Lines of neighbouring "-" and "+" are one edit; they were made from top to bottom.
 */
export function editedFixture(text: string, languageId = "typescript"): EditedFixture {
	const lines: string[] = [];
	const edits: LineEdit[] = [];
	const next: LineEdit[] = [];
	const rows = text
		.replace(/^\n/, "")
		.replace(/\n\s*$/, "")
		.split("\n");
	for (let at = 0; at < rows.length;) {
		const run = (sign: string): string[] => {
			const from = at;
			while (rows[at]?.startsWith(sign) === true) {
				at++;
			}
			return rows.slice(from, at).map((row) => row.slice(1));
		};
		const line = lines.length;
		lines.push(...run(" "));
		const [removed, added] = [run("-"), run("+")];
		if (removed.length + added.length > 0) {
			edits.push({ line: lines.length, old: removed, next: added });
			lines.push(...added);
		}
		const [old, coming] = [run("<"), run(">")];
		if (old.length + coming.length > 0) {
			next.push({ line: lines.length, old, next: coming });
			lines.push(...old);
		}
		if (lines.length === line && removed.length + coming.length === 0) {
			throw new Error(`not a row of an edited fixture: ${rows[at] ?? ""}`);
		}
	}
	return { document: { lines, languageId, edits }, next };
}

/** The document once these edits are made. */
export function after({ lines }: EditedDocument, edits: readonly LineEdit[]): readonly string[] {
	return edits
		.toSorted((a, b) => b.line - a.line)
		.reduce<readonly string[]>((text, edit) => applyLineEdit(text, edit), lines);
}
