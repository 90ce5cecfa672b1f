import * as vscode from "vscode";
import { describeAnswer } from "../completion/promptTrace.ts";
import type { GenerateStats } from "../engine/engine.ts";
import { promptScheme as scheme } from "./ownDocuments.ts";

const languageId = "mote-prompt-trace";
const uri = vscode.Uri.from({ scheme, path: "/Last prompt of Mote" });

/** A read-only document that shows what went into the last prompt, and follows it while it is open. */
export class ContextInspector implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly onDidChange: vscode.Event<vscode.Uri>;
	private readonly changed = new vscode.EventEmitter<vscode.Uri>();
	private readonly registrations: vscode.Disposable;
	private prompt = "# No completion was asked for yet: type in a file, then look again.\n";
	/** Undefined until the first prompt was answered. */
	private answer: string | undefined;
	/** It is shown with its answer: one that is given up for the next key has none. */
	private unanswered: string | undefined;

	constructor() {
		this.onDidChange = this.changed.event;
		this.registrations = vscode.Disposable.from(
			this.changed,
			vscode.workspace.registerTextDocumentContentProvider(scheme, this),
			vscode.commands.registerCommand("mote.showContext", () => this.show()),
		);
	}

	dispose(): void {
		this.registrations.dispose();
	}

	provideTextDocumentContent(): string {
		return (this.answer ?? "") + this.prompt;
	}

	setPrompt(description: string): void {
		this.unanswered = description;
		if (this.answer === undefined) {
			this.prompt = description;
			this.changed.fire(uri);
		}
	}

	setStats(stats: GenerateStats | undefined): void {
		// A request that the engine wasn't asked for leaves what the last one was.
		if (stats !== undefined) {
			this.prompt = this.unanswered ?? this.prompt;
			this.answer = describeAnswer(stats);
			this.changed.fire(uri);
		}
	}

	private async show(): Promise<void> {
		const document = await vscode.workspace.openTextDocument(uri);
		await vscode.languages.setTextDocumentLanguage(document, languageId);
		const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
		await vscode.window.showTextDocument(document, {
			viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
			preserveFocus: true,
			preview: true,
		});
	}
}
