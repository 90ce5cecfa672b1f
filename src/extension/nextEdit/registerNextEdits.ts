import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { applyLineEdit, fits } from "../../nextEdit/lineEdit.ts";
import { plainText } from "../edits/documentText.ts";
import type { Reviews } from "../edits/reviews.ts";
import type { Settings } from "../settings.ts";
import { isOnScreen, takesTab, type ShownEdits } from "./chosenEdits.ts";
import { documentId, followed, typingPlace } from "./editorPlace.ts";
import { pictureOf } from "./editPicture.ts";
import { NextEditMarks, visibleLines } from "./nextEditMarks.ts";
import { nextEditReport } from "./nextEditReport.ts";
import { NextEditSession } from "./nextEditSession.ts";
import type { QuietReason } from "./quietReason.ts";
import { SearchClient, type SearchWorker } from "./searchClient.ts";
import type { FoundEdit } from "./searchProtocol.ts";
import { endOfReplacement, replacementOf } from "./textReplacement.ts";

export interface NextEditsOptions {
	readonly settings: () => Settings;
	readonly isSnoozed: () => boolean;
	readonly reviews: () => Reviews;
	readonly startWorker: () => SearchWorker;
	/** Something else is shown, or a search has ended. */
	readonly onDidChange: () => void;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** For whoever only looks. */
export interface NextEditsView {
	/** The first line of the edit that Tab is about, from 0, and how many more there are of its kind. */
	readonly shown: { readonly line: number; readonly others: number } | undefined;
	/** Why nothing is followed in front; undefined while what is typed there counts. */
	readonly quiet: QuietReason | undefined;
	readonly onDidChange: vscode.Event<void>;
}

export interface NextEdits {
	readonly view: NextEditsView;
	/** Sentences for whoever asks why, or why not. */
	report(): readonly string[];
	/** To be called once all that `options` asks is there, and when settings or a snooze may be others. */
	configure(): void;
	dispose(): void;
}

/** Shows next edits while the setting is on, from the first `configure`. While it is off nothing listens, and nothing is kept. */
export function registerNextEdits(options: NextEditsOptions): NextEdits {
	const changed = new vscode.EventEmitter<void>();
	let running: NextEditEditor | undefined;
	const configure = (): void => {
		const isOn = options.settings().nextEdits;
		if (isOn && running === undefined) {
			running = new NextEditEditor(options, () => {
				changed.fire();
				options.onDidChange();
			});
		} else if (!isOn) {
			running?.dispose();
			running = undefined;
		}
		if (running === undefined) {
			changed.fire();
		} else {
			running.placeChanged();
		}
	};
	const commands = vscode.Disposable.from(
		vscode.commands.registerCommand("mote.acceptNextEdit", () => running?.tab() ?? plainTab()),
		vscode.commands.registerCommand("mote.acceptAllNextEdits", () => running?.proposeAll()),
		vscode.commands.registerCommand("mote.dismissNextEdit", () => running?.dismiss()),
	);
	return {
		view: {
			get shown() {
				return running?.shown;
			},
			get quiet() {
				return running === undefined ? "off" : running.quiet;
			},
			onDidChange: changed.event,
		},
		report: () =>
			running?.report() ??
			nextEditReport({ quiet: "off", lastSearch: undefined, shown: undefined }),
		configure,
		dispose: () => {
			commands.dispose();
			running?.dispose();
			changed.dispose();
		},
	};
}

/** What Tab means to the editor. */
function plainTab(): Thenable<unknown> {
	return vscode.commands.executeCommand("tab");
}

/** Says of keys, by the names of package.json, whether they are about a next edit. */
interface KeyContexts {
	readonly "mote.nextEditShown": boolean;
	readonly "mote.nextEditTakesTab": boolean;
}

class NextEditEditor {
	private readonly search: SearchClient;
	private readonly session: NextEditSession;
	private readonly marks = new NextEditMarks();
	private readonly listeners: vscode.Disposable;
	private contexts: KeyContexts = { "mote.nextEditShown": false, "mote.nextEditTakesTab": false };
	/** Tabs are done one after the other: the second is about what the first has left. */
	private lastTab: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly options: NextEditsOptions,
		private readonly onDidChange: () => void,
	) {
		const { clock, logger, startWorker } = options;
		this.search = new SearchClient({ startWorker, logger });
		this.session = new NextEditSession({
			place: () => typingPlace(options.settings(), options.isSnoozed()),
			search: this.search,
			clock,
			onDidChange: () => this.refresh(),
		});
		this.listeners = vscode.Disposable.from(
			vscode.workspace.onDidChangeTextDocument((event) => this.documentChanged(event)),
			vscode.workspace.onDidCloseTextDocument((document) =>
				this.session.closed(documentId(document)),
			),
			vscode.window.onDidChangeActiveTextEditor(() => this.placeChanged()),
			vscode.window.tabGroups.onDidChangeTabs(() => this.placeMayHaveChanged()),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
				if (textEditor === vscode.window.activeTextEditor) {
					if (selections.length > 1) {
						this.placeMayHaveChanged();
					}
					this.draw();
				}
			}),
			vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
				if (textEditor === vscode.window.activeTextEditor) {
					this.draw();
				}
			}),
		);
	}

	get shown(): NextEditsView["shown"] {
		const { shown } = this.session;
		return shown && { line: shown.current.edit.line, others: shown.others.length };
	}

	get quiet(): QuietReason | undefined {
		return this.session.quiet;
	}

	report(): readonly string[] {
		const { quiet, lastSearch, shown } = this.session;
		return nextEditReport({ quiet, lastSearch, shown });
	}

	placeChanged(): void {
		this.session.placeChanged();
	}

	dismiss(): void {
		this.session.dismiss();
	}

	/** Goes to the edit where it isn't on the screen, and puts it in where it is. */
	tab(): Promise<unknown> {
		const next = this.lastTab.then(() => this.tabNow());
		// Who pressed the key hears of a fault; the next key has nothing to do with it.
		this.lastTab = next.then(undefined, () => undefined);
		return next;
	}

	/** Opens the diff of all edits of the kind that is shown: what is accepted there goes in by one step of undo. */
	async proposeAll(): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		const { shown } = this.session;
		if (editor === undefined || shown === undefined) {
			return;
		}
		const edits = [shown.current, ...shown.others];
		const base = plainText(editor.document);
		await this.options.reviews().propose({
			uri: editor.document.uri,
			base,
			proposed: withEdits(base, edits),
			title: edits.length === 1 ? "Next edit" : `${edits.length} next edits`,
			range: undefined,
		});
	}

	dispose(): void {
		this.listeners.dispose();
		this.session.dispose();
		this.marks.dispose();
		this.setContexts({ "mote.nextEditShown": false, "mote.nextEditTakesTab": false });
		void this.search.dispose();
	}

	private async tabNow(): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		const { shown } = this.session;
		if (editor === undefined || shown === undefined) {
			// It is gone since the editor was told that Tab is about it.
			await plainTab();
			return;
		}
		const { current } = shown;
		if (isOnScreen(current.edit, visibleLines(editor))) {
			await this.putIn(editor, current);
		} else {
			goTo(editor, current);
		}
	}

	private async putIn(editor: vscode.TextEditor, found: FoundEdit): Promise<void> {
		const { document } = editor;
		const lines = { length: document.lineCount, at: (line: number) => document.lineAt(line).text };
		const replacement = replacementOf(found.edit, lines);
		const { startLine, startColumn, endLine, endColumn, text } = replacement;
		const range = new vscode.Range(startLine, startColumn, endLine, endColumn);
		const isIn = await this.session.accept(found, followed(document), () =>
			editor.edit((edit) => edit.replace(range, text), {
				undoStopBefore: true,
				undoStopAfter: true,
			}),
		);
		if (isIn) {
			const end = new vscode.Position(...endOfReplacement(replacement));
			editor.selection = new vscode.Selection(end, end);
		}
	}

	/** On the path of every key: see {@link NextEditSession.changed}. */
	private documentChanged({
		document,
		contentChanges,
		reason,
	}: vscode.TextDocumentChangeEvent): void {
		const changes = contentChanges.map(({ range: { start, end }, text }) => ({
			...{ startLine: start.line, startColumn: start.character },
			...{ endLine: end.line, endColumn: end.character, text },
		}));
		const isUndo = reason === vscode.TextDocumentChangeReason.Undo;
		this.session.changed(documentId(document), changes, isUndo);
	}

	private placeMayHaveChanged(): void {
		const { quiet } = typingPlace(this.options.settings(), this.options.isSnoozed());
		if (quiet !== this.session.quiet) {
			this.session.placeChanged();
		}
	}

	private refresh(): void {
		this.draw();
		this.onDidChange();
	}

	private draw(): void {
		const editor = vscode.window.activeTextEditor;
		const { shown } = this.session;
		const isTab = editor !== undefined && isTabAbout(editor, shown);
		this.marks.draw(editor, shown, isTab);
		this.setContexts({
			"mote.nextEditShown": shown !== undefined,
			"mote.nextEditTakesTab": isTab,
		});
	}

	private setContexts(contexts: KeyContexts): void {
		for (const key of ["mote.nextEditShown", "mote.nextEditTakesTab"] as const) {
			if (contexts[key] !== this.contexts[key]) {
				void vscode.commands.executeCommand("setContext", key, contexts[key]);
			}
		}
		this.contexts = contexts;
	}
}

function isTabAbout(editor: vscode.TextEditor, shown: ShownEdits | undefined): boolean {
	const { line, character } = editor.selection.active;
	return (
		shown !== undefined &&
		line < editor.document.lineCount &&
		takesTab(shown.current.edit, {
			line,
			textBefore: editor.document.lineAt(line).text.slice(0, character),
		})
	);
}

/** To where it begins to change something. */
function goTo(editor: vscode.TextEditor, { edit }: FoundEdit): void {
	const { document } = editor;
	const picture = pictureOf(edit, document.lineCount);
	const [struck] = picture?.struck ?? [];
	const [ghost] = picture?.ghosts ?? [];
	const [line, column] =
		struck === undefined
			? [ghost?.line ?? edit.line, ghost?.column ?? 0]
			: [struck.line, struck.start];
	const position = document.validatePosition(new vscode.Position(line, column));
	editor.selection = new vscode.Selection(position, position);
	editor.revealRange(
		new vscode.Range(position, position),
		vscode.TextEditorRevealType.InCenterIfOutsideViewport,
	);
}

/** `base` with "\n" line breaks. */
function withEdits(base: string, edits: readonly FoundEdit[]): string {
	const lines = base.split("\n");
	return edits
		.flatMap(({ edit }) => (fits(lines, edit) ? [edit] : []))
		.sort((a, b) => b.line - a.line)
		.reduce<readonly string[]>(applyLineEdit, lines)
		.join("\n");
}
