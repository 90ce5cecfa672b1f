import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { BeforeEnd } from "../base/process/endWork.ts";
import type { CompletionOutcome } from "../completion/completionProvider.ts";
import type { WindowStorage } from "../completion/recentPieces.ts";
import type { LoadInTurn } from "../engineProcess/loadTurns.ts";
import { machineMemoryBytes } from "../model/machineMemory.ts";
import { ContextInspector } from "./contextInspector.ts";
import type { CopiedText } from "./copied/copiedText.ts";
import { EngineSession } from "./engineSession.ts";
import { IdlePreparation } from "./idlePreparation.ts";
import { InlineCompletionAdapter, type QuietReason } from "./inlineCompletionAdapter.ts";
import { Manners } from "./manners/manners.ts";
import type { LanguageModels } from "./servers/languageModels.ts";
import type { Settings } from "./settings.ts";
import type { SilenceRegistration } from "./silence/registerSilence.ts";
import type { StatusBar } from "./statusBar.ts";
import { registerSuggestionListeners } from "./suggestionListeners.ts";

export interface CompletionsOptions {
	readonly context: vscode.ExtensionContext;
	readonly settings: () => Settings;
	readonly models: LanguageModels;
	readonly statusBar: StatusBar;
	/** Of requests that nobody asked for by command. */
	readonly isSnoozed: () => boolean;
	/** The battery makes completions pause, or no longer. */
	readonly onDidChangePause: () => void;
	readonly silence: SilenceRegistration;
	readonly loadInTurn: LoadInTurn;
	readonly beforeEnd: BeforeEnd;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** How a request of the editor has ended, and whether a command asked for it. */
export interface EndedRequest {
	readonly outcome: CompletionOutcome;
	readonly isInvoked: boolean;
}

export interface Completions {
	/** To be disposed of by the caller, after everybody who asks it. */
	readonly session: EngineSession;
	/** To be disposed of by the caller, after the session. */
	readonly manners: Manners;
	/** What hears of the session's answers. To be disposed of by the caller, after the session. */
	readonly listeners: vscode.Disposable;
	readonly copied: CopiedText;
	/** How the last request ended, or undefined when there was none. */
	readonly lastOutcome: CompletionOutcome | undefined;
	readonly onDidComplete: vscode.Event<EndedRequest>;
	readonly onDidPrepare: vscode.Event<vscode.Location>;
	/** Ends what asks the session. */
	dispose(): void;
}

/**
 * The engine of this window's completions, what asks it (the editor, and the cursor while it rests), what keeps that quiet,
 * and what follows a suggestion.
 */
export function registerCompletions(options: CompletionsOptions): Completions {
	const { context, settings, models, statusBar, isSnoozed, silence, clock, logger } = options;
	const outcomes = new vscode.EventEmitter<EndedRequest>();
	let lastOutcome: CompletionOutcome | undefined;
	const inspector = new ContextInspector();
	const manners = new Manners({
		settings,
		ownId: context.extension.id,
		onDidChangePause: options.onDidChangePause,
		onPresence: () => {
			if (settings().enable && quiet() === undefined) {
				session.wake();
			}
		},
		clock,
		logger,
	});
	const quiet = (): QuietReason | undefined =>
		isSnoozed() ? "snoozed" : manners.battery.isPaused ? "onBattery" : undefined;
	const session: EngineSession = new EngineSession({
		extensionFolder: context.extensionUri.fsPath,
		cacheFolder: context.globalStorageUri.fsPath,
		loadInTurn: options.loadInTurn,
		memoryBytes: machineMemoryBytes(),
		storageUri: context.storageUri,
		piecesStorage: storedIn(context.workspaceState, "relatedPieces", logger),
		onDidPrompt: (description) => inspector.setPrompt(description),
		onDidFinish: (outcome, stats, trace) => {
			inspector.setStats(stats);
			manners.load.noteAnswer(stats);
			silence.note({ kind: "finished", outcome, stats, trace });
		},
		onDidRead: (progress) => statusBar.setReading(progress),
		server: () => models.serverInfill,
		completion: () => settings().completion,
		unloadAfterMs: () => settings().completionUnloadAfterMs,
		onDidChangeModel: () => models.completionModelChanged(),
		clock,
		logger,
		onDidChangeStatus: (status) => {
			statusBar.setEngineStatus(status);
			silence.update();
			if (status.kind === "ready") {
				manners.load.engineStarted();
				preparation.restart();
			}
		},
	});
	const provider = () => session.provider;
	const preparation = new IdlePreparation({
		provider,
		settings,
		isQuiet: () => quiet() !== undefined || manners.load.measure() !== "calm",
		clock,
	});
	const ghosts = registerSuggestionListeners({ ...options, repository: () => session.repository });
	const adapter = new InlineCompletionAdapter({
		provider,
		settings,
		statusBar,
		// A server may be far away, paid for, or shared.
		asksAhead: () => models.serverInfill === undefined && manners.load.level !== "crowded",
		quiet,
		completion: () => manners.load.paced(settings().completion),
		onDidDecline: (declined) => silence.note(declined),
		onOutcome: (outcome, isInvoked) => {
			lastOutcome = outcome;
			outcomes.fire({ outcome, isInvoked });
		},
		ghosts,
		clock,
	});
	const asking = vscode.Disposable.from(adapter, ghosts, preparation);
	return {
		session,
		manners,
		listeners: vscode.Disposable.from(inspector, outcomes),
		copied: ghosts.copied,
		get lastOutcome() {
			return lastOutcome;
		},
		onDidComplete: outcomes.event,
		onDidPrepare: preparation.onDidPrepare,
		dispose: () => {
			asking.dispose();
		},
	};
}

function storedIn(state: vscode.Memento, key: string, log: Logger): WindowStorage {
	return {
		read: () => state.get(key),
		write: (value) => {
			state.update(key, value).then(undefined, (error: unknown) => {
				log.warn(`What prompts were made of isn't kept for the next window: ${String(error)}`);
			});
		},
	};
}
