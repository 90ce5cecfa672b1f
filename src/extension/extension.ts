import * as vscode from "vscode";
import { systemClock } from "../base/clock.ts";
import type { CompletionOutcome } from "../completion/completionProvider.ts";
import type { WindowStorage } from "../completion/recentPieces.ts";
import { loadTurns } from "../engineProcess/loadTurns.ts";
import { machineMemoryBytes } from "../model/machineMemory.ts";
import { registerChat, type Chat } from "./chat/registerChat.ts";
import { relatedPieces } from "./chat/relatedPieces.ts";
import { registerCommands } from "./commands.ts";
import { ContextInspector } from "./contextInspector.ts";
import { registerEdits } from "./edits/registerEdits.ts";
import { EngineSession } from "./engineSession.ts";
import { IdlePreparation } from "./idlePreparation.ts";
import { InlineCompletionAdapter } from "./inlineCompletionAdapter.ts";
import { registerModels, type Models } from "./models/registerModels.ts";
import { LanguageModels } from "./servers/languageModels.ts";
import { registerServerCommands } from "./servers/serverCommands.ts";
import { ServerKeys } from "./servers/serverKeys.ts";
import { serverNotice } from "./servers/serverNotice.ts";
import { readSettings, sameEngineSettings, settingsSection, type Settings } from "./settings.ts";
import { onDidChangePlace, placeInFront } from "./showingPlace.ts";
import { offAt, type ModelInUse, type Status } from "./status.ts";
import { StatusBar } from "./statusBar.ts";

/** What `activate` returns to other extensions: enough to see what Mote does, nothing to steer it. */
export interface MoteApi {
	readonly status: Status;
	readonly onDidChangeStatus: vscode.Event<Status>;
	/** The model of this machine that completes, what runs it, and why this one; undefined while none is loaded. */
	readonly modelInUse: ModelInUse | undefined;
	/** How the last request ended, or undefined when there was none. */
	readonly lastOutcome: CompletionOutcome | undefined;
	readonly onDidComplete: vscode.Event<CompletionOutcome>;
	/** The place of the cursor in this document was read before anybody typed there. */
	readonly onDidPrepare: vscode.Event<vscode.Uri>;
}

/**
 * Composes the extension, and is the only place that does. Returns at once: the model is loaded in
 * another process, and what this process needs of it after that.
 */
export function activate(context: vscode.ExtensionContext): MoteApi {
	const log = vscode.window.createOutputChannel("Mote", { log: true });
	const statusBar = new StatusBar();
	let settings = currentSettings(log);
	const outcomes = new vscode.EventEmitter<CompletionOutcome>();
	let lastOutcome: CompletionOutcome | undefined;

	const environment = {
		extensionFolder: context.extensionUri.fsPath,
		cacheFolder: context.globalStorageUri.fsPath,
		keys: new ServerKeys(context.secrets),
		loadInTurn: loadTurns(),
		isTrusted: () => vscode.workspace.isTrusted,
		fetch: globalThis.fetch,
		clock: systemClock,
		logger: log,
	};
	const models: LanguageModels = new LanguageModels(
		{
			...environment,
			completionModel: () => session.model,
			onDidChangeLoading: (modelName) => statusBar.setLoadingForChat(modelName),
		},
		settings,
	);
	const inspector = new ContextInspector();
	const session: EngineSession = new EngineSession({
		extensionFolder: context.extensionUri.fsPath,
		cacheFolder: context.globalStorageUri.fsPath,
		loadInTurn: environment.loadInTurn,
		memoryBytes: machineMemoryBytes(),
		storageUri: context.storageUri,
		piecesStorage: storedIn(context.workspaceState, "relatedPieces", log),
		onDidPrompt: (description) => inspector.setPrompt(description),
		onDidFinish: (stats) => inspector.setStats(stats),
		onDidRead: (progress) => statusBar.setReading(progress),
		server: () => models.serverInfill,
		completion: () => settings.completion,
		onDidChangeModel: () => models.completionModelChanged(),
		clock: systemClock,
		logger: log,
		onDidChangeStatus: (status) => {
			statusBar.setEngineStatus(status);
			if (status.kind === "ready") {
				preparation.restart();
			}
		},
	});
	const preparation = new IdlePreparation({
		provider: () => session.provider,
		settings: () => settings,
		clock: systemClock,
	});
	const adapter = new InlineCompletionAdapter({
		provider: () => session.provider,
		settings: () => settings,
		statusBar,
		onOutcome: (outcome) => {
			lastOutcome = outcome;
			outcomes.fire(outcome);
		},
	});
	const commands = registerCommands({
		settings: () => settings,
		status: () => statusBar.status,
		modelInUse: () => statusBar.modelInUse,
		restartEngine: () => session.open(settings.engine),
		showLog: () => log.show(),
		works: () => catalog.session.workSummaries,
		showModels: (rowId) => catalog.show(rowId),
		resumeModel: (rowId) => catalog.session.act(rowId, "resume"),
	});
	const edits = registerEdits({
		models: () => models,
		syntax: () => session.syntax,
		related: (place, signal) => relatedPieces(session.repository, place, signal),
		explain: async (query, signal) => session.repository?.explain(query, signal),
		ask: (question, signal) => chat.ask(question, signal),
		clock: systemClock,
		logger: log,
	});
	const catalog: Models = registerModels({
		extensionUri: context.extensionUri,
		state: context.globalState,
		models,
		completionModel: () => session.model,
		settings: () => settings,
		isTrusted: environment.isTrusted,
		memoryBytes: machineMemoryBytes(),
		onDidChange: () => chat.waysChanged(),
		fetch: environment.fetch,
		clock: systemClock,
		logger: log,
	});
	const chat: Chat = registerChat({
		extensionUri: context.extensionUri,
		storageUri: context.storageUri ?? context.globalStorageUri,
		models,
		catalog: () => catalog,
		edits,
		repository: () => session.repository,
		structure: () => session.syntax,
		clock: systemClock,
		logger: log,
	});
	const serverCommands = registerServerCommands({
		...environment,
		models,
		settings: () => settings,
	});
	const serverListeners = vscode.Disposable.from(
		models.onDidChange(() => statusBar.setServer(serverNotice(models.serverState))),
		vscode.workspace.onDidGrantWorkspaceTrust(() => models.reconnect()),
	);
	const showWhetherOff = (): void => statusBar.setOff(offAt(placeInFront(settings)));
	const placeListener = onDidChangePlace(showWhetherOff);
	const configurationListener = vscode.workspace.onDidChangeConfiguration((event) => {
		if (!event.affectsConfiguration(settingsSection)) {
			return;
		}
		const previous = settings;
		settings = currentSettings(log);
		showWhetherOff();
		models.configure(settings);
		session.completionChanged();
		if (!sameEngineSettings(previous.engine, settings.engine)) {
			void session.open(settings.engine);
		}
	});
	// Disposed of in this order: nothing may ask a session that has ended.
	context.subscriptions.push(
		placeListener,
		configurationListener,
		commands,
		adapter,
		preparation,
		chat,
		edits,
		catalog,
		serverCommands,
		serverListeners,
		models,
		session,
		inspector,
		outcomes,
		statusBar,
		log,
	);
	showWhetherOff();
	void session.open(settings.engine);

	return {
		get status() {
			return statusBar.status;
		},
		onDidChangeStatus: statusBar.onDidChange,
		get modelInUse() {
			return statusBar.modelInUse;
		},
		get lastOutcome() {
			return lastOutcome;
		},
		onDidComplete: outcomes.event,
		onDidPrepare: preparation.onDidPrepare,
	};
}

function storedIn(state: vscode.Memento, key: string, log: vscode.LogOutputChannel): WindowStorage {
	return {
		read: () => state.get(key),
		write: (value) => {
			state.update(key, value).then(undefined, (error: unknown) => {
				log.warn(`What prompts were made of isn't kept for the next window: ${String(error)}`);
			});
		},
	};
}

function currentSettings(log: vscode.LogOutputChannel): Settings {
	const settings = readSettings(vscode.workspace.getConfiguration(settingsSection));
	for (const problem of settings.problems) {
		log.warn(problem);
	}
	return settings;
}
