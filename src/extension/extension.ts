import * as vscode from "vscode";
import { yieldToEventLoop } from "../base/abort.ts";
import { systemClock } from "../base/clock.ts";
import { EndWork } from "../base/process/endWork.ts";
import type { CompletionOutcome } from "../completion/completionProvider.ts";
import { loadTurns } from "../engineProcess/loadTurns.ts";
import { registerCommands } from "./commands.ts";
import { RecentProblems } from "./diagnostics/recentProblems.ts";
import { registerDiagnostics } from "./diagnostics/registerDiagnostics.ts";
import { FollowedSettings } from "./followedSettings.ts";
import type { NextEditsView } from "./nextEdit/nextEditEditor.ts";
import type { Assistance } from "./registerAssistance.ts";
import { registerCompletions, type Completions, type EndedRequest } from "./registerCompletions.ts";
import { LanguageModels } from "./servers/languageModels.ts";
import { ServerKeys } from "./servers/serverKeys.ts";
import { serverNotice } from "./servers/serverNotice.ts";
import { sameEngineSettings, type Settings } from "./settings.ts";
import { onDidChangePlace, placeInFront } from "./showingPlace.ts";
import { registerSilence } from "./silence/registerSilence.ts";
import { Snooze } from "./snooze.ts";
import { offAt, type ModelInUse, type ShowingPlace, type Status } from "./status.ts";
import { StatusBar } from "./statusBar.ts";

/** What `activate` returns to other extensions: enough to see what Mote does, nothing to steer it. */
export interface MoteApi {
	readonly status: Status;
	readonly onDidChangeStatus: vscode.Event<Status>;
	/** The model of this machine that completes, what runs it, and why this one; undefined while none is loaded. */
	readonly modelInUse: ModelInUse | undefined;
	/** How the last request ended, or undefined when there was none. */
	readonly lastOutcome: CompletionOutcome | undefined;
	readonly onDidComplete: vscode.Event<EndedRequest>;
	/** This place of the cursor was read before anybody typed there. */
	readonly onDidPrepare: vscode.Event<vscode.Location>;
	readonly nextEdits: NextEditsView;
}

const endWork = new EndWork();

/** The editor waits for this, within seconds, and not for what it disposes of. */
export async function deactivate(): Promise<void> {
	await endWork.run();
}

/**
 * Composes the extension, and is the only place that joins its parts. What completes is there before anything is waited for, and its model
 * is loaded in another process; the code of everything else is read after that, and of servers when there is one.
 */
export async function activate(context: vscode.ExtensionContext): Promise<MoteApi> {
	const log = vscode.window.createOutputChannel("Mote", { log: true });
	const logger = new RecentProblems(log, () => systemClock.now());
	const statusBar = new StatusBar();
	let assistance: Assistance | undefined = undefined;
	const followed = new FollowedSettings(logger, (previous) => {
		manners.battery.settingChanged();
		showWhetherOff();
		models.configure(followed.current);
		session.completionChanged();
		assistance?.nextEdits.configure();
		if (!sameEngineSettings(previous.engine, followed.current.engine)) {
			void openEngine();
		}
	});
	const settings = (): Settings => followed.current;
	const environment = {
		extensionFolder: context.extensionUri.fsPath,
		cacheFolder: context.globalStorageUri.fsPath,
		keys: new ServerKeys(context.secrets),
		loadInTurn: loadTurns(),
		isTrusted: () => vscode.workspace.isTrusted,
		isSnoozed: () => snooze.isOn,
		fetch: globalThis.fetch,
		beforeEnd: endWork.add,
		...{ context, settings, statusBar, clock: systemClock, logger },
	};
	const snooze = new Snooze({
		clock: systemClock,
		epochMs: Date.now,
		onDidChange: () => {
			void vscode.commands.executeCommand("setContext", "mote.isSnoozed", snooze.isOn);
			showWhetherOff();
			assistance?.nextEdits.configure();
		},
	});
	const place = (): ShowingPlace => {
		const quiet = { snoozedUntil: snooze.untilTime, isOnBattery: manners.battery.isPaused };
		return placeInFront(settings(), quiet);
	};
	const showWhetherOff = (): void => {
		statusBar.setOff(offAt(place()));
		silence.update();
	};
	const models: LanguageModels = new LanguageModels(
		{
			...environment,
			completionModel: () => session.model,
			onDidChangeLoading: (modelName) => statusBar.setLoadingForChat(modelName),
		},
		settings(),
	);
	const silence = registerSilence(() => ({
		place: place(),
		engine: statusBar.engine,
		minJointProbability: settings().completion.minJointProbability,
		isTrusted: vscode.workspace.isTrusted,
		server: serverNotice(models.serverState)?.text,
		notices: manners.notices,
		nextEdits: assistance?.nextEdits.report() ?? [],
	}));
	const diagnostics = registerDiagnostics({ ...environment, requests: () => silence.requests });
	const completions: Completions = registerCompletions({
		...{ ...environment, models, silence },
		onDidChangePause: () => showWhetherOff(),
	});
	const { session, manners, copied } = completions;
	const openEngine = (): Promise<void> => session.open(settings().engine);
	/** What is registered below, after the rest of the code was read. */
	const beside: { dispose(): unknown }[] = [];
	// Disposed of in this order: nothing may ask a session that has ended.
	context.subscriptions.push(
		...[onDidChangePlace(showWhetherOff), followed],
		{ dispose: () => void vscode.Disposable.from(...beside).dispose() },
		...[completions, models, session, snooze, manners, silence, diagnostics],
		...[completions.listeners, statusBar, log],
	);
	showWhetherOff();
	void openEngine();
	// To compile what is imported takes as long as all of the above, without a pause.
	await yieldToEventLoop();
	const { registerAssistance, registerServers } = await import("./besideCompletions.ts");
	assistance = registerAssistance({
		...{ ...environment, models, session, silence },
		copiedIn: (blocks, path, signal) => copied.noticesOn(blocks, path, signal),
	});
	const { nextEdits, catalog } = assistance;
	const commands = registerCommands({
		settings,
		status: () => statusBar.status,
		modelInUse: () => statusBar.modelInUse,
		requests: () => silence.requests,
		lastCopied: () => copied.lastNotice,
		nextEdits: () => nextEdits.notice,
		snooze,
		restartEngine: openEngine,
		showLog: () => log.show(),
		works: () => catalog.session.workSummaries,
		showModels: (rowId) => catalog.show(rowId),
		resumeModel: (rowId) => catalog.session.act(rowId, "resume"),
	});
	beside.push(commands, assistance, registerServers({ ...environment, models }));
	beside.push(nextEdits.view.onDidChange(() => statusBar.setNextEdits(nextEdits.notice)));
	nextEdits.configure();
	return apiOf(statusBar, completions, nextEdits.view);
}

const apiOf = (
	statusBar: StatusBar,
	completions: Completions,
	nextEdits: NextEditsView,
): MoteApi => ({
	get status() {
		return statusBar.status;
	},
	onDidChangeStatus: statusBar.onDidChange,
	get modelInUse() {
		return statusBar.modelInUse;
	},
	get lastOutcome() {
		return completions.lastOutcome;
	},
	onDidComplete: completions.onDidComplete,
	onDidPrepare: completions.onDidPrepare,
	nextEdits,
});
