import * as vscode from "vscode";
import type {
	Completion,
	CompletionOutcome,
	CompletionProvider,
	NoCompletionReason,
} from "../completion/completionProvider.ts";
import { isSecretPath } from "../context/files/secrets.ts";
import { linkToken } from "./cancellation.ts";
import { documentLanguage } from "./documentLanguage.ts";
import { documentRequest } from "./documentRequest.ts";
import { displayPath } from "./workspacePaths.ts";
import { isEnabledFor, type Settings } from "./settings.ts";
import type { StatusBar } from "./statusBar.ts";

/** Run by the editor when the user takes a completion; not in the palette. */
const acceptCommand = "mote.internal.didAccept";

/** Completions that the editor may still show or hold; older ones can no longer be taken. */
const rememberedCompletions = 64;

export interface InlineCompletionAdapterOptions {
	/** Undefined while there is no engine: the status bar already says why. */
	readonly provider: () => CompletionProvider | undefined;
	readonly settings: () => Settings;
	readonly statusBar: StatusBar;
	readonly onOutcome: (outcome: CompletionOutcome) => void;
}

/**
 * Stands between the editor's inline completions and the pipeline: turns documents into requests,
 * cancellation tokens into signals, and offsets back into ranges. Decides nothing about completions.
 */
export class InlineCompletionAdapter
	implements vscode.InlineCompletionItemProvider, vscode.Disposable
{
	private readonly registrations: vscode.Disposable;
	private readonly offered = new Map<number, Completion>();
	private nextId = 0;

	constructor(private readonly options: InlineCompletionAdapterOptions) {
		this.registrations = vscode.Disposable.from(
			vscode.languages.registerInlineCompletionItemProvider({ pattern: "**" }, this),
			vscode.commands.registerCommand(acceptCommand, (id: unknown) => this.didAccept(id)),
		);
	}

	dispose(): void {
		this.registrations.dispose();
	}

	async provideInlineCompletionItems(
		document: vscode.TextDocument,
		position: vscode.Position,
		context: vscode.InlineCompletionContext,
		token: vscode.CancellationToken,
	): Promise<vscode.InlineCompletionItem[]> {
		const { statusBar } = this.options;
		const invoked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
		const settings = this.options.settings();
		if (!isEnabledFor(settings, documentLanguage(document))) {
			return this.decline("disabled", invoked);
		}
		const provider = this.options.provider();
		if (provider === undefined) {
			return this.decline("engineUnavailable", invoked);
		}
		const request = documentRequest(document, displayPath(document.uri), position, {
			invoked,
			selectedCompletionInfo: context.selectedCompletionInfo,
			isSecret: isSecretPath(document.uri.path),
		});
		if (request === undefined) {
			return this.decline("unsuitableDocument", invoked);
		}

		const version = document.version;
		const controller = new AbortController();
		const cancellation = linkToken(token, controller);
		statusBar.requestStarted();
		let outcome: CompletionOutcome = { kind: "none", reason: "engineUnavailable" };
		try {
			outcome = await provider.provide(request, settings.completion, controller.signal);
		} finally {
			cancellation.dispose();
			statusBar.requestEnded(outcome, invoked);
			this.options.onOutcome(outcome);
		}
		// Offsets mean nothing in a text that has changed; the editor has asked again by then.
		return outcome.kind === "completion" && document.version === version
			? [this.toItem(document, outcome.completion)]
			: [];
	}

	private decline(reason: NoCompletionReason, invoked: boolean): [] {
		const outcome = { kind: "none", reason } as const;
		this.options.statusBar.requestDeclined(outcome, invoked);
		this.options.onOutcome(outcome);
		return [];
	}

	/** The editor offers the item's text word by word and line by line by itself. */
	private toItem(
		document: vscode.TextDocument,
		completion: Completion,
	): vscode.InlineCompletionItem {
		const id = this.nextId++;
		this.offered.set(id, completion);
		this.offered.delete(id - rememberedCompletions);
		const { start, end } = completion.replace;
		return new vscode.InlineCompletionItem(
			completion.insertText,
			new vscode.Range(document.positionAt(start), document.positionAt(end)),
			{ title: "Completion accepted", command: acceptCommand, arguments: [id] },
		);
	}

	private didAccept(id: unknown): void {
		const completion = typeof id === "number" ? this.offered.get(id) : undefined;
		if (completion !== undefined) {
			this.options.provider()?.didAccept(completion);
		}
	}
}
