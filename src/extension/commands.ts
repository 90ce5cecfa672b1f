import * as vscode from "vscode";
import type { WorkSummary } from "../modelCatalog/workSummaries.ts";
import { documentLanguage } from "./documentLanguage.ts";
import {
	editorSection,
	inlineSuggestKey,
	isEnabledFor,
	settingsSection,
	type Settings,
} from "./settings.ts";
import { statusAppearance, whatRuns, type ModelInUse, type Status } from "./status.ts";

export interface CommandActions {
	readonly settings: () => Settings;
	readonly status: () => Status;
	/** Undefined while no model is loaded. */
	readonly modelInUse: () => ModelInUse | undefined;
	readonly restartEngine: () => Promise<void>;
	readonly showLog: () => void;
	/** What is being installed, or was begun. */
	readonly works: () => readonly WorkSummary[];
	readonly showModels: (rowId: string | undefined) => void;
	readonly resumeModel: (rowId: string) => Promise<void>;
}

/** The commands of package.json, and the menu behind the status bar item. */
export function registerCommands(actions: CommandActions): vscode.Disposable {
	return vscode.Disposable.from(
		vscode.commands.registerCommand("mote.toggle", toggle),
		vscode.commands.registerCommand("mote.trigger", trigger),
		vscode.commands.registerCommand("mote.showLog", actions.showLog),
		vscode.commands.registerCommand("mote.restartEngine", actions.restartEngine),
		vscode.commands.registerCommand("mote.showMenu", () => showMenu(actions)),
	);
}

async function trigger(): Promise<void> {
	await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
}

async function toggle(): Promise<void> {
	await change(settingsSection, "enable", (enabled) => enabled === false);
}

async function setLanguage(languageId: string, enabled: boolean): Promise<void> {
	// The editor merges what one settings file says with the defaults, key by key.
	await change(settingsSection, "enabledLanguages", (_, inFile) => ({
		...(isRecord(inFile) ? inFile : {}),
		[languageId]: enabled,
	}));
}

/** Where the setting is off for the document in front: for everything, or for its language. */
async function showCompletions(): Promise<void> {
	const document = vscode.window.activeTextEditor?.document;
	const layers = vscode.workspace
		.getConfiguration(editorSection, document)
		.inspect(inlineSuggestKey);
	const inLanguage = [
		[vscode.ConfigurationTarget.WorkspaceFolder, layers?.workspaceFolderLanguageValue],
		[vscode.ConfigurationTarget.Workspace, layers?.workspaceLanguageValue],
		[vscode.ConfigurationTarget.Global, layers?.globalLanguageValue],
	] as const;
	const [target] = inLanguage.find(([, value]) => value === false) ?? [];
	if (target === undefined) {
		await change(editorSection, inlineSuggestKey, () => true);
	} else {
		await vscode.workspace
			.getConfiguration(editorSection, document)
			.update(inlineSuggestKey, true, target, true);
	}
}

/**
 * Changes a setting where it is in force: a value in the workspace hides the user's own.
 * `next` gets the value in force, and the one of the file that will be written.
 */
async function change(
	section: string,
	key: string,
	next: (inForce: unknown, inFile: unknown) => unknown,
): Promise<void> {
	const configuration = vscode.workspace.getConfiguration(section);
	const layers = configuration.inspect(key);
	const inWorkspace = layers?.workspaceValue !== undefined;
	await configuration.update(
		key,
		next(configuration.get(key), inWorkspace ? layers.workspaceValue : layers?.globalValue),
		inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
	);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface MenuItem extends vscode.QuickPickItem {
	readonly run: () => unknown;
}

async function showMenu(actions: CommandActions): Promise<void> {
	const picked = await vscode.window.showQuickPick(menuItems(actions), {
		title: `Mote: ${statusAppearance(actions.status()).tooltip}`,
	});
	await picked?.run();
}

function workItem(
	{ kind, rowId, label, detail }: WorkSummary,
	{ showModels, resumeModel }: CommandActions,
): MenuItem {
	switch (kind) {
		case "working":
			return { label: `$(loading~spin) ${label}`, detail, run: () => showModels(rowId) };
		case "paused":
			return {
				label: `$(debug-continue) ${label}`,
				detail,
				run: async () => {
					showModels(rowId);
					await resumeModel(rowId);
				},
			};
		case "failed":
			return { label: `$(warning) ${label}`, detail, run: () => showModels(rowId) };
	}
}

function menuItems(actions: CommandActions): MenuItem[] {
	const settings = actions.settings();
	const items: MenuItem[] = [
		settings.enable
			? { label: "$(circle-slash) Turn completions off", run: toggle }
			: { label: "$(check) Turn completions on", run: toggle },
	];
	if (actions.status().kind === "offInEditor") {
		items.unshift({ label: "$(check) Let the editor show completions", run: showCompletions });
	}
	const document = vscode.window.activeTextEditor?.document;
	const languageId = document && documentLanguage(document);
	if (settings.enable && languageId !== undefined) {
		const enabled = isEnabledFor(settings, languageId);
		items.push({
			label: enabled
				? `$(circle-slash) Turn completions off in ${languageId}`
				: `$(check) Turn completions on in ${languageId}`,
			run: () => setLanguage(languageId, !enabled),
		});
	}
	const model = actions.modelInUse();
	if (model !== undefined) {
		const { name, runsOn, because } = whatRuns(model);
		items.push(
			{
				label: `$(${model.because?.kind === "fault" ? "warning" : "package"}) ${name}`,
				...(because !== undefined && { detail: because }),
				run: async () =>
					vscode.commands.executeCommand(
						"workbench.action.openSettings",
						`${settingsSection}.completion.model`,
					),
			},
			// The log has what led to it.
			{ label: `$(server-process) ${runsOn}`, run: actions.showLog },
		);
	}
	items.push(
		...actions.works().map((work) => workItem(work, actions)),
		{ label: "$(library) Models…", run: () => actions.showModels(undefined) },
		{ label: "$(debug-restart) Restart the engine", run: actions.restartEngine },
		{ label: "$(output) Show the log", run: actions.showLog },
		{
			label: "$(gear) Open the settings",
			run: async () =>
				vscode.commands.executeCommand("workbench.action.openSettings", "@ext:mote.mote"),
		},
	);
	return items;
}
