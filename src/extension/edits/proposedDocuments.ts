import * as vscode from "vscode";

/** Scheme of the read-only documents that show a text which is proposed. */
export const proposedScheme = "mote-proposed";

/** Read-only documents that follow a text of this process. */
export class ProposedDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
	private readonly changes = new vscode.EventEmitter<vscode.Uri>();
	readonly onDidChange = this.changes.event;
	private readonly texts = new Map<string, () => string>();
	private readonly registration = vscode.workspace.registerTextDocumentContentProvider(
		proposedScheme,
		this,
	);

	/** The path stays that of `file`, so that the editor knows the language. */
	add(file: vscode.Uri, id: string, text: () => string): vscode.Uri {
		const uri = vscode.Uri.from({ scheme: proposedScheme, path: file.path, query: id });
		this.texts.set(uri.toString(), text);
		return uri;
	}

	changed(uri: vscode.Uri): void {
		this.changes.fire(uri);
	}

	remove(uri: vscode.Uri): void {
		this.texts.delete(uri.toString());
	}

	/** Undefined lets another provider of the scheme answer. */
	provideTextDocumentContent(uri: vscode.Uri): string | undefined {
		return this.texts.get(uri.toString())?.();
	}

	dispose(): void {
		this.registration.dispose();
		this.changes.dispose();
		this.texts.clear();
	}
}
