import assert from "node:assert";
import * as vscode from "vscode";
import { holdsOnce } from "./events.ts";

/** Runs the command that shows the last prompt, and gives the document that it opened. */
export async function showContext(): Promise<vscode.TextDocument> {
	await vscode.commands.executeCommand("mote.showContext");
	const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "mote-prompt");
	assert(document !== undefined, "no prompt is shown");
	return document;
}

/** The match as soon as the text of `document`, which follows the prompts, has one. */
export async function textMatching(
	document: vscode.TextDocument,
	pattern: RegExp,
): Promise<RegExpExecArray> {
	const find = (): RegExpExecArray | null => pattern.exec(document.getText());
	await holdsOnce(vscode.workspace.onDidChangeTextDocument, () => find() !== null);
	const found = find();
	assert(found !== null);
	return found;
}
