import * as vscode from "vscode";
import { silenceScheme } from "../ownDocuments.ts";
import { explainSilence, silenceText, type SilenceFacts } from "./explainSilence.ts";

const uri = vscode.Uri.from({ scheme: silenceScheme, path: "/Why no suggestion.md" });

/** A read-only document that says why there is no suggestion, and follows what happens while it is open. */
export class SilenceDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly onDidChange: vscode.Event<vscode.Uri>;
	private readonly changed = new vscode.EventEmitter<vscode.Uri>();
	private readonly registrations: vscode.Disposable;
	private isShown: boolean;

	constructor(private readonly facts: () => SilenceFacts) {
		this.onDidChange = this.changed.event;
		this.isShown = showsSilence(vscode.window.visibleTextEditors);
		this.registrations = vscode.Disposable.from(
			this.changed,
			vscode.workspace.registerTextDocumentContentProvider(silenceScheme, this),
			vscode.commands.registerCommand("mote.whyNoSuggestion", () => this.show()),
			vscode.window.onDidChangeVisibleTextEditors((editors) => {
				this.isShown = showsSilence(editors);
			}),
		);
	}

	dispose(): void {
		this.registrations.dispose();
	}

	provideTextDocumentContent(): string {
		return silenceText(explainSilence(this.facts()));
	}

	/** Another request has ended. Costs nothing while the document isn't in sight. */
	update(): void {
		if (this.isShown) {
			this.changed.fire(uri);
		}
	}

	private async show(): Promise<void> {
		this.changed.fire(uri);
		const document = await vscode.workspace.openTextDocument(uri);
		const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
		await vscode.window.showTextDocument(document, {
			viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
			// Whoever asks about a place goes on typing there.
			preserveFocus: true,
			preview: true,
		});
	}
}

function showsSilence(editors: readonly vscode.TextEditor[]): boolean {
	return editors.some(({ document }) => document.uri.scheme === silenceScheme);
}
