import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Repository } from "../../context/repository/repositorySet.ts";
import { plainText } from "../edits/documentText.ts";
import type { Reviews } from "../edits/reviews.ts";
import type { Settings } from "../settings.ts";
import { pathInWorkspace, uriInWorkspace } from "../workspacePaths.ts";
import { tabStep } from "./chosenEdits.ts";
import { goTo, isTabAbout, placeOf, withEdits, type TabEnd } from "./editorEdits.ts";
import { documentId, followed, mayShow, typingPlace } from "./editorPlace.ts";
import { NextEditMarks, visibleLines } from "./nextEditMarks.ts";
import { nextEditReport } from "./nextEditReport.ts";
import { NextEditSession } from "./nextEditSession.ts";
import { OtherFiles } from "./otherFiles.ts";
import { OtherFilesList } from "./otherFilesList.ts";
import { countElsewhere, elsewhereText, type CountElsewhere } from "./listedEdits.ts";
import type { QuietReason } from "./quietReason.ts";
import { SearchClient, type SearchWorker } from "./searchClient.ts";
import type { FoundEdit } from "./searchProtocol.ts";
import { cursorBehind, replacementOf } from "./textReplacement.ts";

export interface NextEditsOptions {
	readonly settings: () => Settings;
	readonly isSnoozed: () => boolean;
	readonly reviews: () => Reviews;
	/** Undefined while no folder is read: nothing is found in other files then. */
	readonly repository: () => Repository | undefined;
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
	/** Whether Tab is about it, and not about the cursor. */
	readonly takesTab: boolean;
	/** How many there are in other files than the one that was edited; undefined where there are none, and while Mote is off or snoozed. */
	readonly elsewhere: CountElsewhere | undefined;
	/** Why nothing is followed in front; undefined while what is typed there counts. */
	readonly quiet: QuietReason | undefined;
	readonly onDidChange: vscode.Event<void>;
	/** Other files were searched, whatever came of it. */
	readonly onDidLookElsewhere: vscode.Event<void>;
}

/** What Tab means to the editor. */
export function plainTab(): Thenable<unknown> {
	return vscode.commands.executeCommand("tab");
}

/** Says of keys, by the names of package.json, whether they are about a next edit. */
interface KeyContexts {
	readonly "mote.nextEditShown": boolean;
	readonly "mote.nextEditTakesTab": boolean;
	readonly "mote.nextEditsElsewhere": boolean;
}

const noContexts: KeyContexts = {
	"mote.nextEditShown": false,
	"mote.nextEditTakesTab": false,
	"mote.nextEditsElsewhere": false,
};

const contextKeys = [
	"mote.nextEditShown",
	"mote.nextEditTakesTab",
	"mote.nextEditsElsewhere",
] as const;

/** What listens and draws while next edits are on. */
export class NextEditEditor {
	private readonly search: SearchClient;
	private readonly session: NextEditSession;
	private readonly marks = new NextEditMarks();
	private readonly listeners: vscode.Disposable;
	private readonly others: OtherFiles;
	readonly list: OtherFilesList;
	private contexts = noContexts;
	private lastTabEnd: TabEnd | undefined;
	/** The version of each document that was saved last. */
	private readonly savedVersions = new WeakMap<vscode.TextDocument, number>();
	/** The edit that Tab has gone to last. */
	private lastGoneTo: FoundEdit | undefined;
	/** Tabs are done one after the other: the second is about what the first has left. */
	private lastTab: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly options: NextEditsOptions,
		private readonly onDidChange: () => void,
		onDidLookElsewhere: () => void,
	) {
		const { clock, logger, startWorker } = options;
		this.search = new SearchClient({ startWorker, logger });
		this.others = new OtherFiles({
			uses: async (query, signal) => options.repository()?.usesElsewhere(query, signal),
			search: (search) => this.search.searchElsewhere(search),
			pathOf: (document) => pathInWorkspace(vscode.Uri.parse(document)),
			documentIdOf: (file) => uriInWorkspace(file)?.toString(),
			opened: (document) => {
				const found = vscode.workspace.textDocuments.find((one) => documentId(one) === document);
				return found && followed(found);
			},
			mayShow: (file) => mayShow(options.settings(), file),
			onDidChange: () => this.refresh(),
			onDidLook: () => onDidLookElsewhere(),
		});
		this.list = new OtherFilesList({
			others: this.others,
			reviews: options.reviews,
			goneTo: (found) => this.session.goneTo(found),
		});
		this.session = new NextEditSession({
			place: () => typingPlace(options.settings(), options.isSnoozed()),
			search: this.search,
			elsewhere: this.others,
			clock,
			onDidChange: () => this.refresh(),
		});
		this.listeners = vscode.Disposable.from(
			vscode.workspace.onDidChangeTextDocument((event) => this.documentChanged(event)),
			vscode.workspace.onDidSaveTextDocument((document) => {
				this.savedVersions.set(document, document.version);
			}),
			vscode.workspace.onDidCloseTextDocument((document) => {
				// One that is only opened again in another language isn't closed then; of one that is, nobody knows any more whether it was dirty.
				const isSaved = !document.isClosed || this.savedVersions.get(document) === document.version;
				this.session.closed(documentId(document), isSaved);
			}),
			// A document whose language changes is closed and opened again.
			vscode.workspace.onDidOpenTextDocument((document) => {
				if (document === vscode.window.activeTextEditor?.document) {
					this.placeChanged();
				}
			}),
			vscode.window.onDidChangeActiveTextEditor(() => this.placeChanged()),
			vscode.window.tabGroups.onDidChangeTabs(() => this.placeMayHaveChanged()),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
				if (textEditor === vscode.window.activeTextEditor) {
					if (selections.length > 1 || this.session.quiet === "severalCursors") {
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

	get elsewhere(): NextEditsView["elsewhere"] {
		return countElsewhere(this.others.files, this.session.quiet);
	}

	get takesTab(): boolean {
		return this.contexts["mote.nextEditTakesTab"];
	}

	get notice(): string | undefined {
		return this.elsewhere && elsewhereText(this.elsewhere);
	}

	get quiet(): QuietReason | undefined {
		return this.session.quiet;
	}

	report(): readonly string[] {
		const { quiet, lastSearch, shown } = this.session;
		return nextEditReport({ quiet, lastSearch, shown, elsewhere: this.notice });
	}

	placeChanged(): void {
		this.session.placeChanged();
	}

	dismiss(): void {
		this.session.dismiss();
	}

	/** Goes to the edit where it isn't on the screen, and puts it in where it is. Who has pressed the key may have meant the cursor. */
	tab(isKey: boolean): Promise<unknown> {
		const next = this.lastTab.then(() => this.tabNow(isKey));
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
		await this.propose(editor, [shown.current, ...shown.others]);
	}

	dispose(): void {
		this.listeners.dispose();
		this.session.dispose();
		this.marks.dispose();
		this.setContexts(noContexts);
		void this.search.dispose();
	}

	private async tabNow(isKey: boolean): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		const { shown } = this.session;
		// It may be gone, or the cursor be elsewhere, since the editor was told that Tab is about it.
		const isAbout = !isKey || (editor && isTabAbout(editor, shown, this.lastTabEnd)) === true;
		if (editor === undefined || shown === undefined || !isAbout) {
			await plainTab();
			return;
		}
		const { current } = shown;
		const { active } = editor.selection;
		const hasGoneThere =
			this.lastGoneTo === current && active.isEqual(placeOf(editor.document, current));
		switch (tabStep(current.edit, visibleLines(editor), { line: active.line, hasGoneThere })) {
			case "putIn":
				await this.putIn(editor, current);
				break;
			case "goTo":
				this.lastGoneTo = current;
				goTo(editor, current);
				break;
			case "propose":
				await this.propose(editor, [current]);
				break;
		}
	}

	private async propose(editor: vscode.TextEditor, edits: readonly FoundEdit[]): Promise<void> {
		const base = plainText(editor.document);
		await this.options.reviews().propose({
			uri: editor.document.uri,
			base,
			proposed: withEdits(base, edits),
			title: edits.length === 1 ? "Next edit" : `${edits.length} next edits`,
			range: undefined,
		});
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
			const position = new vscode.Position(...cursorBehind(replacement));
			this.lastTabEnd = { document, version: document.version, position };
			editor.selection = new vscode.Selection(position, position);
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
		const isTab = editor !== undefined && isTabAbout(editor, shown, this.lastTabEnd);
		this.marks.draw(editor, shown, isTab);
		this.setContexts({
			"mote.nextEditShown": shown !== undefined,
			"mote.nextEditTakesTab": isTab,
			"mote.nextEditsElsewhere": this.elsewhere !== undefined,
		});
	}

	private setContexts(contexts: KeyContexts): void {
		const changed = contextKeys.filter((key) => contexts[key] !== this.contexts[key]);
		this.contexts = contexts;
		for (const key of changed) {
			void vscode.commands.executeCommand("setContext", key, contexts[key]);
		}
		if (changed.length > 0) {
			this.onDidChange();
		}
	}
}
