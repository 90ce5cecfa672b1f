import * as vscode from "vscode";
import { applyLineEdit, fits } from "../../nextEdit/lineEdit.ts";
import { takesTab, type ShownEdits } from "./chosenEdits.ts";
import { pictureOf } from "./editPicture.ts";
import type { FoundEdit } from "./searchProtocol.ts";

/** Where Tab has put something in, and left the cursor. */
export interface TabEnd {
	readonly document: vscode.TextDocument;
	readonly version: number;
	readonly position: vscode.Position;
}

/** Whether Tab is about the edit that is shown in an editor, and not about its cursor: which it isn't where Tab itself has just left it. */
export function isTabAbout(
	{ document, selection }: vscode.TextEditor,
	shown: ShownEdits | undefined,
	lastEnd: TabEnd | undefined,
): boolean {
	const { active } = selection;
	if (shown === undefined || active.line >= document.lineCount) {
		return false;
	}
	const isLeftByTab =
		lastEnd?.document === document &&
		lastEnd.version === document.version &&
		lastEnd.position.isEqual(active);
	const textBefore = document.lineAt(active.line).text.slice(0, active.character);
	return isLeftByTab || takesTab(shown.current.edit, { line: active.line, textBefore });
}

/** Where an edit begins to change something. */
export function placeOf(document: vscode.TextDocument, { edit }: FoundEdit): vscode.Position {
	const picture = pictureOf(edit, document.lineCount);
	const [struck] = picture?.struck ?? [];
	const [ghost] = picture?.ghosts ?? [];
	const [line, column] =
		struck === undefined
			? [ghost?.line ?? edit.line, ghost?.column ?? 0]
			: [struck.line, struck.start];
	return document.validatePosition(new vscode.Position(line, column));
}

/** To where it begins to change something, with all of its lines on the screen if they fit. */
export function goTo(editor: vscode.TextEditor, found: FoundEdit): void {
	const { document } = editor;
	const position = placeOf(document, found);
	const { start, end } = pictureOf(found.edit, document.lineCount) ?? {
		start: position.line,
		end: position.line + 1,
	};
	editor.selection = new vscode.Selection(position, position);
	for (const range of [
		document.validateRange(new vscode.Range(start, 0, end - 1, 0)),
		new vscode.Range(position, position),
	]) {
		editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
	}
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
