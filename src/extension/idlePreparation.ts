import * as vscode from "vscode";
import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import type { CompletionProvider } from "../completion/completionProvider.ts";
import { documentLanguage } from "./documentLanguage.ts";
import { requestAt } from "./requestAt.ts";
import { isEnabledFor, type Settings } from "./settings.ts";
import { showsCompletionsIn } from "./showingPlace.ts";
import { mayBeTypedIn } from "./toldPath.ts";

/** Whoever stays at a place for so long may type there; moving through a file is faster. */
const idleMs = 400;

/** Who hasn't typed for so long is reading: another processor's fan shall not tell where. */
const workingMs = 600_000;

interface IdlePreparationOptions {
	readonly provider: () => CompletionProvider | undefined;
	readonly settings: () => Settings;
	/** Whether nothing is to be done that nobody has asked for: a snooze, a battery, a busy machine. */
	readonly isQuiet: () => boolean;
	readonly clock: Clock;
}

/**
 * Has the model read what stands around the cursor while nobody types, so that the first key after a jump is
 * answered as fast as those that follow it. A document that comes into view counts once; after that, somebody has
 * to be typing now and then.
 */
export class IdlePreparation implements vscode.Disposable {
	/** Fires with a place of the cursor that has been read; the cursor may have left it since. */
	readonly onDidPrepare: vscode.Event<vscode.Location>;
	private readonly prepared = new vscode.EventEmitter<vscode.Location>();
	private readonly listeners: vscode.Disposable;
	private current = new AbortController();
	private lastTypedMs = -Infinity;

	constructor(private readonly options: IdlePreparationOptions) {
		this.onDidPrepare = this.prepared.event;
		this.listeners = vscode.Disposable.from(
			this.prepared,
			vscode.window.onDidChangeActiveTextEditor((editor) => this.startAt(editor)),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
				const isWorking = options.clock.now() - this.lastTypedMs < workingMs;
				if (textEditor === vscode.window.activeTextEditor) {
					this.startAt(isWorking ? textEditor : undefined);
				}
			}),
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				if (contentChanges.length > 0 && document === vscode.window.activeTextEditor?.document) {
					this.lastTypedMs = options.clock.now();
				}
			}),
		);
		this.restart();
	}

	/** Begins anew at the place where the cursor is: there is a model now, or another. */
	restart(): void {
		this.startAt(vscode.window.activeTextEditor);
	}

	dispose(): void {
		this.listeners.dispose();
		this.current.abort(abortReason);
	}

	/** Ends what was prepared for another place, and waits at this one. */
	private startAt(editor: vscode.TextEditor | undefined): void {
		this.current.abort(abortReason);
		this.current = new AbortController();
		if (editor !== undefined) {
			void this.prepare(editor, this.current.signal);
		}
	}

	private async prepare(editor: vscode.TextEditor, signal: AbortSignal): Promise<void> {
		const { clock } = this.options;
		await clock.sleep(idleMs, signal);
		const { document, selection } = editor;
		const settings = this.options.settings();
		const isWanted =
			!this.options.isQuiet() &&
			mayBeTypedIn(document.uri.scheme, isWritable(document)) &&
			isEnabledFor(settings, documentLanguage(document)) &&
			showsCompletionsIn(document);
		if (signal.aborted || !selection.isEmpty || !isWanted) {
			return;
		}
		const request = requestAt(document, selection.active, {
			invoked: false,
			selectedCompletionInfo: undefined,
		});
		if (request !== undefined) {
			await this.options.provider()?.prepare(request, settings.completion, signal);
			if (this.current.signal === signal) {
				this.prepared.fire(new vscode.Location(document.uri, selection.active));
			}
		}
	}
}

function isWritable({ uri }: vscode.TextDocument): boolean | undefined {
	return vscode.workspace.fs.isWritableFileSystem(uri.scheme);
}
