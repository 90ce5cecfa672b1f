import * as vscode from "vscode";
import { editOfHunk, hunksBetween, type Hunk } from "../../chat/edits/hunks.ts";

/** The document with "\n" line breaks: all offsets of src/chat are in this text. */
export function plainText(document: vscode.TextDocument): string {
	return document.getText().replaceAll("\r\n", "\n");
}

/** The offset in {@link plainText} of a position. */
export function plainOffset(document: vscode.TextDocument, position: vscode.Position): number {
	const offset = document.offsetAt(position);
	return document.eol === vscode.EndOfLine.CRLF
		? offset - document.validatePosition(position).line
		: offset;
}

/** The position of an offset in {@link plainText}. */
export function plainPosition(text: string, offset: number): vscode.Position {
	const before = text.slice(0, offset);
	const lineStart = before.lastIndexOf("\n") + 1;
	return new vscode.Position(before.split("\n").length - 1, before.length - lineStart);
}

/** The hunks as replacements in a document that has `text`; the editor writes its own line breaks. */
export function textEditsOf(hunks: readonly Hunk[], text: string): vscode.TextEdit[] {
	const lines = text.split("\n");
	return hunks.map((hunk) => {
		const edit = editOfHunk(hunk, lines);
		return new vscode.TextEdit(
			new vscode.Range(edit.startLine, edit.startColumn, edit.endLine, edit.endColumn),
			edit.text,
		);
	});
}

/** What turns the document into `text`, as few lines as possible. */
export function editsTowards(document: vscode.TextDocument, text: string): vscode.TextEdit[] {
	const current = plainText(document);
	return textEditsOf(hunksBetween(current, text, { mergedGap: 0 }), current);
}
