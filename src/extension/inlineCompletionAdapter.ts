import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type {
	Completion,
	CompletionConfig,
	CompletionOutcome,
	CompletionProvider,
	NoCompletionReason,
} from "../completion/completionProvider.ts";
import type { Ghost } from "../statistics/ghostWatch.ts";
import { AskedAhead, type AskedPlace, type Question } from "./askedAhead.ts";
import { linkToken } from "./cancellation.ts";
import { documentLanguage } from "./documentLanguage.ts";
import { isOwnDocument } from "./ownDocuments.ts";
import { requestAt } from "./requestAt.ts";
import { isEnabledFor, type Settings } from "./settings.ts";
import type { RequestRecord } from "./silence/lastRequests.ts";
import type { GhostListener } from "./statistics/registerStatistics.ts";
import type { StatusBar } from "./statusBar.ts";

/** Run by the editor when the user takes a completion; not in the palette. */
const acceptCommand = "mote.internal.didAccept";

/** Completions that the editor may still show or hold; older ones can no longer be taken. */
const rememberedCompletions = 64;

/** What the editor asks with after a key, while its list of suggestions is closed. */
const automatic: vscode.InlineCompletionContext = {
	triggerKind: vscode.InlineCompletionTriggerKind.Automatic,
	selectedCompletionInfo: undefined,
};

/** Of a change that is older, nobody waits for an answer. */
const keptChangeMs = 1000;

/** The newest of a document. */
interface Change {
	readonly atMs: number;
	/** Of the document behind it. */
	readonly version: number;
	/** Whether the cursor has come to where it put it. */
	readonly isFollowed: boolean;
}

/** Why it is quiet wherever one types, until a person asks. */
export type QuietReason = Extract<NoCompletionReason, "snoozed" | "onBattery">;

export interface InlineCompletionAdapterOptions {
	/** Undefined while there is no engine: the status bar already says why. */
	readonly provider: () => CompletionProvider | undefined;
	readonly settings: () => Settings;
	readonly statusBar: StatusBar;
	/** Whether questions cost nothing but this machine's time, so that one may be asked for nothing. */
	readonly asksAhead: () => boolean;
	/** Why requests that nobody made by command aren't answered now; undefined where they are. */
	readonly quiet: () => QuietReason | undefined;
	/** What the pipeline is asked with. */
	readonly completion: () => CompletionConfig;
	readonly onOutcome: (outcome: CompletionOutcome, isInvoked: boolean) => void;
	/** Hears what becomes of suggestions, and does nothing with it before the editor has them. */
	readonly ghosts: GhostListener;
	readonly clock: Clock;
	/** Hears of requests that never come to the pipeline. */
	readonly onDidDecline: (declined: Extract<RequestRecord, { kind: "declined" }>) => void;
}

interface Offered {
	readonly completion: Completion;
	readonly ghost: Ghost;
}

/**
 * Stands between the editor's inline completions and the pipeline: turns documents into requests,
 * cancellation tokens into signals, and offsets back into ranges. Decides nothing about completions.
 */
export class InlineCompletionAdapter
	implements vscode.InlineCompletionItemProvider, vscode.Disposable
{
	private readonly registrations: vscode.Disposable;
	private readonly offered = new Map<number, Offered>();
	private readonly changes = new WeakMap<vscode.TextDocument, Change>();
	private readonly ahead = new AskedAhead<vscode.TextDocument>();
	private nextId = 0;

	constructor(private readonly options: InlineCompletionAdapterOptions) {
		this.registrations = vscode.Disposable.from(
			vscode.languages.registerInlineCompletionItemProvider({ pattern: "**" }, this),
			vscode.commands.registerCommand(acceptCommand, (id: unknown) => this.didAccept(id)),
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				if (contentChanges.length > 0) {
					const { version } = document;
					this.changes.set(document, { atMs: options.clock.now(), version, isFollowed: false });
				}
			}),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.askAhead(textEditor)),
		);
	}

	dispose(): void {
		this.registrations.dispose();
		this.ahead.end();
	}

	async provideInlineCompletionItems(
		document: vscode.TextDocument,
		position: vscode.Position,
		context: vscode.InlineCompletionContext,
		token: vscode.CancellationToken,
	): Promise<vscode.InlineCompletionItem[]> {
		const { statusBar } = this.options;
		const invoked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
		if (isOwnDocument(document.uri)) {
			return [];
		}
		const place = placeIn(document, position);
		const startedAt = this.options.clock.now();
		const askedAt = invoked ? startedAt : (this.keyAtMs(document) ?? startedAt);
		const question = this.claim(place, context) ?? this.question(document, position, context);
		if (typeof question === "string") {
			return this.decline(question, documentLanguage(document), invoked);
		}

		const cancellation = linkToken(token, question.controller);
		statusBar.requestStarted();
		let outcome: CompletionOutcome = { kind: "none", reason: "engineUnavailable" };
		try {
			outcome = await question.outcome;
		} finally {
			cancellation.dispose();
			statusBar.requestEnded(outcome, invoked);
			this.options.onOutcome(outcome, invoked);
		}
		// Offsets mean nothing in a text that has changed; the editor has asked again by then.
		if (outcome.kind === "none" || document.version !== place.version) {
			return [];
		}
		const ghost = ghostOf(outcome.completion, place);
		if (!token.isCancellationRequested) {
			this.options.ghosts.shown(ghost, this.options.clock.now() - askedAt);
		}
		return [this.toItem(document, { completion: outcome.completion, ghost })];
	}

	private claim(
		place: AskedPlace<vscode.TextDocument>,
		{ triggerKind, selectedCompletionInfo }: vscode.InlineCompletionContext,
	): Question | undefined {
		if (triggerKind === automatic.triggerKind && selectedCompletionInfo === undefined) {
			return this.ahead.claim(place);
		}
		// With the list of suggestions open it asks about the selected one, at each key.
		this.ahead.end();
		return undefined;
	}

	/** Has the pipeline answer, or says why it isn't asked. */
	private question(
		document: vscode.TextDocument,
		position: vscode.Position,
		{ triggerKind, selectedCompletionInfo }: vscode.InlineCompletionContext,
	): Question | NoCompletionReason {
		const invoked = triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
		const settings = this.options.settings();
		if (!isEnabledFor(settings, documentLanguage(document))) {
			return "disabled";
		}
		const quiet = invoked ? undefined : this.options.quiet();
		if (quiet !== undefined) {
			return quiet;
		}
		const provider = this.options.provider();
		if (provider === undefined) {
			return "engineUnavailable";
		}
		const keyAt = this.keyAtMs(document);
		const request = requestAt(document, position, {
			invoked,
			selectedCompletionInfo,
			keyAgeMs: keyAt === undefined ? undefined : this.options.clock.now() - keyAt,
		});
		if (request === undefined) {
			return "unsuitableDocument";
		}
		const controller = new AbortController();
		const outcome = provider.provide(request, this.options.completion(), controller.signal);
		return { controller, outcome };
	}

	/** Asks what the editor is about to ask: the cursor is now where a change has put it. */
	private askAhead(editor: vscode.TextEditor): void {
		const { document, selections } = editor;
		const change = this.changes.get(document);
		const [selection] = selections;
		if (
			editor !== vscode.window.activeTextEditor ||
			change?.version !== document.version ||
			change.isFollowed ||
			isOwnDocument(document.uri) ||
			selections.length !== 1 ||
			selection?.isEmpty !== true ||
			!this.options.asksAhead()
		) {
			return;
		}
		this.changes.set(document, { ...change, isFollowed: true });
		this.ahead.ask(placeIn(document, selection.active), () => {
			const question = this.question(document, selection.active, automatic);
			return typeof question === "string" ? undefined : question;
		});
	}

	/** Of the key that a question is about. The editor waits for 50 ms before it asks; the debounce counts from the key. */
	private keyAtMs(document: vscode.TextDocument): number | undefined {
		const change = this.changes.get(document);
		const isNew = change !== undefined && this.options.clock.now() - change.atMs < keptChangeMs;
		return isNew && change.version === document.version ? change.atMs : undefined;
	}

	private decline(reason: NoCompletionReason, languageId: string, invoked: boolean): [] {
		const outcome = { kind: "none", reason } as const;
		this.options.onDidDecline({ kind: "declined", reason, languageId, isInvoked: invoked });
		this.options.statusBar.requestDeclined(outcome, invoked);
		this.options.onOutcome(outcome, invoked);
		return [];
	}

	/** The editor offers the item's text word by word and line by line by itself. */
	private toItem(document: vscode.TextDocument, offered: Offered): vscode.InlineCompletionItem {
		const { completion } = offered;
		const id = this.nextId++;
		this.offered.set(id, offered);
		this.offered.delete(id - rememberedCompletions);
		const { start, end } = completion.replace;
		return new vscode.InlineCompletionItem(
			completion.insertText,
			new vscode.Range(document.positionAt(start), document.positionAt(end)),
			{ title: "Completion accepted", command: acceptCommand, arguments: [id] },
		);
	}

	private didAccept(id: unknown): void {
		const offered = typeof id === "number" ? this.offered.get(id) : undefined;
		if (offered !== undefined) {
			this.options.provider()?.didAccept(offered.completion);
			this.options.ghosts.accepted(offered.ghost);
		}
	}
}

function placeIn(
	document: vscode.TextDocument,
	position: vscode.Position,
): AskedPlace<vscode.TextDocument> {
	return { document, version: document.version, offset: document.offsetAt(position) };
}

/** What stands behind the cursor when the suggestion is taken. */
function ghostOf(
	{ insertText, replace }: Completion,
	{ document, offset }: AskedPlace<vscode.TextDocument>,
): Ghost {
	return {
		document: document.uri.toString(),
		languageId: documentLanguage(document),
		offset,
		text: insertText.slice(offset - replace.start),
	};
}
