import * as vscode from "vscode";
import { applyLineEdit, fits } from "../../nextEdit/lineEdit.ts";
import { takesTab, type ShownEdits } from "./chosenEdits.ts";
import { pictureOf } from "./editPicture.ts";
import type { FoundEdit } from "./searchProtocol.ts";

/** Whether Tab is about the edit that is shown in an editor, and not about its cursor. */
export function isTabAbout(editor: vscode.TextEditor, shown: ShownEdits | undefined): boolean {
	const { line, character } = editor.selection.active;
	return (
		shown !== undefined &&
		line < editor.document.lineCount &&
		takesTab(shown.current.edit, {
			line,
			textBefore: editor.document.lineAt(line).text.slice(0, character),
		})
	);
}

/** To where it begins to change something. */
export function goTo(editor: vscode.TextEditor, { edit }: FoundEdit): void {
	const { document } = editor;
	const picture = pictureOf(edit, document.lineCount);
	const [struck] = picture?.struck ?? [];
	const [ghost] = picture?.ghosts ?? [];
	const [line, column] =
		struck === undefined
			? [ghost?.line ?? edit.line, ghost?.column ?? 0]
			: [struck.line, struck.start];
	const position = document.validatePosition(new vscode.Position(line, column));
	editor.selection = new vscode.Selection(position, position);
	editor.revealRange(
		new vscode.Range(position, position),
		vscode.TextEditorRevealType.InCenterIfOutsideViewport,
	);
}

/** A text with those of the edits in it that fit; with "\n" line breaks. */
export function withEdits(base: string, edits: readonly FoundEdit[]): string {
	const lines = base.split("\n");
	return edits
		.flatMap(({ edit }) => (fits(lines, edit) ? [edit] : []))
		.sort((a, b) => b.line - a.line)
		.reduce<readonly string[]>(applyLineEdit, lines)
		.join("\n");
}
