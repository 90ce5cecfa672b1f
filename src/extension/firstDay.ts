import * as vscode from "vscode";

/** Of package.json. */
const walkthroughId = "mote.mote#start";

/**
 * A file in which even a small model is sure of what comes next, since it stands there three times already; the cursor is put at
 * its end.
 */
const tryText = `// Wait a moment at the end of this file: the grey text is what Mote would write next.
// Tab takes it, Esc sends it away, and typing on keeps what agrees with it.
// Nothing of this is saved anywhere.

export function first(items: readonly string[]): string | undefined {
	return items[0];
}

export function second(items: readonly string[]): string | undefined {
	return items[1];
}

export function third(items: readonly string[]): string | undefined {
	return items[2];
}

export function fourth(items: readonly string[])`;

/** What somebody needs who has never seen Mote. Opens nothing by itself. */
export class FirstDay implements vscode.Disposable {
	private readonly registrations = vscode.Disposable.from(
		vscode.commands.registerCommand("mote.getStarted", getStarted),
		vscode.commands.registerCommand("mote.tryCompletion", tryCompletion),
	);
	private hasAccepted = false;

	/** A suggestion was taken: the step of the walkthrough that asks for it is done. */
	noteAccepted(): void {
		if (!this.hasAccepted) {
			this.hasAccepted = true;
			void vscode.commands.executeCommand("setContext", "mote.hasAccepted", true);
		}
	}

	dispose(): void {
		this.registrations.dispose();
	}
}

async function getStarted(): Promise<void> {
	await vscode.commands.executeCommand("workbench.action.openWalkthrough", walkthroughId, false);
}

/**
 * Beside what is open, so that the walkthrough stays in sight. The text goes in once the file is shown: the editor would show one
 * that has a text from the start by itself, at another place.
 */
async function tryCompletion(): Promise<void> {
	const document = await vscode.workspace.openTextDocument({ language: "typescript" });
	const editor = await vscode.window.showTextDocument(document, {
		viewColumn: vscode.ViewColumn.Beside,
		preview: false,
	});
	await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), tryText));
	const { end } = document.lineAt(document.lineCount - 1).range;
	editor.selection = new vscode.Selection(end, end);
	await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
}
