import assert from "node:assert";
import * as vscode from "vscode";

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
	const present = pattern.exec(document.getText());
	if (present !== null) {
		return present;
	}
	return new Promise((resolve) => {
		const listener = vscode.workspace.onDidChangeTextDocument((change) => {
			const found = change.document === document ? pattern.exec(document.getText()) : null;
			if (found !== null) {
				listener.dispose();
				resolve(found);
			}
		});
	});
}
