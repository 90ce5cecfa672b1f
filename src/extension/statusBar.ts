import * as vscode from "vscode";
import type { CompletionOutcome } from "../completion/completionProvider.ts";
import type { PrefillProgress } from "../engine/engine.ts";
import type { EngineStatus } from "./chosenModel.ts";
import type { ServerNotice } from "./servers/serverNotice.ts";
import {
	statusAppearance,
	withCopied,
	withModel,
	withNextEdits,
	withServer,
	type ModelInUse,
	type OffStatus,
	type Status,
} from "./status.ts";

/** So long after it was asked for, an answer has been read. */
const announcementMs = 5000;

/**
 * The status bar item. Told what happens, it decides what to show: a model that somebody waits for in the chat comes first,
 * then what the user turned off, then a fault of the engine, then a prompt that takes long to read, then a running request, then the result of the
 * last one.
 */
export class StatusBar implements vscode.Disposable {
	private readonly item = vscode.window.createStatusBarItem(
		"mote.status",
		vscode.StatusBarAlignment.Right,
		100,
	);
	private readonly changes = new vscode.EventEmitter<Status>();
	private engineStatus: EngineStatus = { kind: "starting" };
	private off: OffStatus | undefined;
	private server: ServerNotice | undefined;
	private copied: string | undefined;
	private nextEdits: string | undefined;
	private reading: PrefillProgress | undefined;
	private loadingForChat: Status | undefined;
	private runningRequests = 0;
	private lastResult: Status = { kind: "ready" };
	private shown: Status = { kind: "starting" };
	private announced: Status | undefined;
	private announcement: vscode.Disposable | undefined;

	readonly onDidChange = this.changes.event;

	constructor() {
		this.item.name = "Mote";
		this.item.command = "mote.showMenu";
		this.render();
		this.item.show();
	}

	get status(): Status {
		return this.shown;
	}

	get engine(): EngineStatus {
		return this.engineStatus;
	}

	/** Undefined while no model is loaded. */
	get modelInUse(): ModelInUse | undefined {
		return this.engineStatus.kind === "ready" ? this.engineStatus.model : undefined;
	}

	setEngineStatus(status: EngineStatus): void {
		this.engineStatus = status;
		if (status.kind !== "ready") {
			// What happened before a restart says nothing about what happens after it.
			this.lastResult = { kind: "ready" };
			this.reading = undefined;
		}
		this.render();
	}

	/** The person is at another place, or another setting holds there; `off` says why no completion is shown, if so. */
	setOff(off: OffStatus | undefined): void {
		this.off = off;
		// What happened elsewhere, or under another setting, says nothing about this place.
		this.lastResult = { kind: "ready" };
		this.copied = undefined;
		this.render();
	}

	/** What is to be said of the server that the user has chosen; undefined where there is none. */
	setServer(server: ServerNotice | undefined): void {
		this.server = server;
		this.render();
	}

	/** How far a prompt is that takes long to read; undefined when none does. */
	setReading(progress: PrefillProgress | undefined): void {
		this.reading = progress;
		this.render();
	}

	/** Whose text the suggestion that is shown repeats, in a sentence; undefined where nothing is known of that. */
	setCopied(notice: string | undefined): void {
		if (notice !== this.copied) {
			this.copied = notice;
			this.render();
		}
	}

	/** What next edits there are in other files; undefined where there are none. */
	setNextEdits(notice: string | undefined): void {
		if (notice !== this.nextEdits) {
			this.nextEdits = notice;
			this.render();
		}
	}

	/** Which model somebody in the chat waits for; undefined when none. */
	setLoadingForChat(modelName: string | undefined): void {
		this.loadingForChat =
			modelName === undefined ? undefined : { kind: "loadingForChat", modelName };
		this.render();
	}

	requestStarted(): void {
		this.runningRequests++;
		this.render();
	}

	requestEnded(outcome: CompletionOutcome, invoked: boolean): void {
		this.runningRequests--;
		this.setLastResult(outcome, invoked);
		this.render();
	}

	/** A request was answered without the engine: completions are off here, or the document is too large. */
	requestDeclined(outcome: CompletionOutcome, invoked: boolean): void {
		this.setLastResult(outcome, invoked);
		this.render();
	}

	dispose(): void {
		this.announcement?.dispose();
		this.item.dispose();
		this.changes.dispose();
	}

	private setLastResult(outcome: CompletionOutcome, invoked: boolean): void {
		if (outcome.kind === "completion") {
			this.lastResult = { kind: "ready" };
		} else if (outcome.reason !== "cancelled" && outcome.reason !== "superseded") {
			// Withdrawn requests are left out: they are what typing looks like, and a newer one follows.
			this.lastResult = { kind: "nothing", reason: outcome.reason, invoked };
			this.copied = undefined;
		}
	}

	private render(): void {
		this.shown = this.current();
		const appearance = withNextEdits(
			withServer(withCopied(statusAppearance(this.shown), this.shown, this.copied), this.server),
			this.nextEdits,
		);
		const { tooltip, isError, announcement } = appearance;
		this.announce(this.shown, announcement);
		const shown = withModel(appearance, this.modelInUse);
		this.item.text = shown.text;
		this.item.tooltip = `Mote: ${shown.tooltip}`;
		this.item.backgroundColor = isError
			? new vscode.ThemeColor("statusBarItem.errorBackground")
			: undefined;
		// Screen readers would read out the name of the icon otherwise, and which model runs each time.
		this.item.accessibilityInformation = { label: `Mote: ${tooltip}` };
		this.changes.fire(this.shown);
	}

	/** Each status once: it may be shown again for another reason, and an announcement goes away by itself. */
	private announce(status: Status, words: string | undefined): void {
		if (status === this.announced) {
			return;
		}
		this.announced = status;
		this.announcement?.dispose();
		this.announcement =
			words === undefined
				? undefined
				: status.kind === "reading" || status.kind === "loadingForChat"
					? vscode.window.setStatusBarMessage(words)
					: vscode.window.setStatusBarMessage(words, announcementMs);
	}

	private current(): Status {
		if (this.loadingForChat !== undefined) {
			return this.loadingForChat;
		}
		if (this.off !== undefined) {
			return this.off;
		}
		if (this.engineStatus.kind !== "ready") {
			return this.engineStatus;
		}
		if (this.reading !== undefined) {
			return { kind: "reading", progress: this.reading };
		}
		return this.runningRequests > 0 ? { kind: "busy" } : this.lastResult;
	}
}
