import * as vscode from "vscode";
import { isOwnDocument } from "../ownDocuments.ts";

/** Documents that the editor shows but nobody writes code in. */
const foreignSchemes: ReadonlySet<string> = new Set(["output", "comment", "vscode"]);

/** Open documents that are remembered in the order in which they were looked at. */
const maxRemembered = 50;

/** Which editor a person looks at, or looked at before a view took the focus. */
export class LastEditor implements vscode.Disposable {
	private readonly registration: vscode.Disposable;
	private last: vscode.TextEditor | undefined;
	/** The latest last. */
	private readonly seen = new Map<string, vscode.Uri>();

	constructor() {
		this.remember(vscode.window.activeTextEditor);
		this.registration = vscode.window.onDidChangeActiveTextEditor((editor) =>
			this.remember(editor),
		);
	}

	dispose(): void {
		this.registration.dispose();
	}

	/** Undefined once its document is closed. */
	get editor(): vscode.TextEditor | undefined {
		const { last } = this;
		if (last === undefined || last.document.isClosed) {
			return undefined;
		}
		// An editor that was hidden and shown again is another object.
		return (
			vscode.window.visibleTextEditors.find(({ document }) => document === last.document) ?? last
		);
	}

	/** The documents in tabs, the one seen last first, those never seen at the end. */
	openUris(): vscode.Uri[] {
		const open = new Map<string, vscode.Uri>();
		for (const { tabs } of vscode.window.tabGroups.all) {
			for (const { input } of tabs) {
				if (input instanceof vscode.TabInputText) {
					open.set(input.uri.toString(), input.uri);
				}
			}
		}
		const seen = [...this.seen.keys()].reverse().filter((key) => open.has(key));
		return [...new Set([...seen, ...open.keys()])].flatMap((key) => open.get(key) ?? []);
	}

	private remember(editor: vscode.TextEditor | undefined): void {
		if (
			editor === undefined ||
			isOwnDocument(editor.document.uri) ||
			foreignSchemes.has(editor.document.uri.scheme)
		) {
			return;
		}
		this.last = editor;
		const { uri } = editor.document;
		const key = uri.toString();
		this.seen.delete(key);
		this.seen.set(key, uri);
		const oldest = this.seen.keys().next().value;
		if (this.seen.size > maxRemembered && oldest !== undefined) {
			this.seen.delete(oldest);
		}
	}
}
