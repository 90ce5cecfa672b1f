import * as vscode from "vscode";
import type { WorkSummary } from "../modelCatalog/workSummaries.ts";
import { amounts, gateText } from "./amounts.ts";
import { changeSetting, letEditorShow, setLanguage } from "./changeSetting.ts";
import { documentLanguage } from "./documentLanguage.ts";
import { snoozeMinutes, type MenuAction } from "./menu/menuEntries.ts";
import { showMenu } from "./menu/showMenu.ts";
import { documentInFront } from "./showingPlace.ts";
import { settingsSection, type Settings } from "./settings.ts";
import { reasonSentences, type ModelInUse, type Status } from "./status.ts";
import { isSeenInNow } from "./silence/explainSilence.ts";
import { reasonOf, type RequestsSoFar } from "./silence/lastRequests.ts";
import type { Snooze } from "./snooze.ts";

export interface CommandActions {
	readonly settings: () => Settings;
	readonly status: () => Status;
	/** Undefined while no model is loaded. */
	readonly modelInUse: () => ModelInUse | undefined;
	readonly requests: () => RequestsSoFar;
	/** Whose text a suggestion repeated, in a sentence. */
	readonly lastCopied: () => string | undefined;
	/** How many next edits there are in other files, where there are any. */
	readonly nextEdits: () => string | undefined;
	readonly snooze: Pick<Snooze, "start" | "end" | "untilTime">;
	readonly restartEngine: () => Promise<void>;
	readonly showLog: () => void;
	/** What is being installed, or was begun. */
	readonly works: () => readonly WorkSummary[];
	readonly showModels: (rowId: string | undefined) => void;
	readonly resumeModel: (rowId: string) => Promise<void>;
}

/** The commands of package.json, and the menu behind the status bar item. */
export function registerCommands(actions: CommandActions): vscode.Disposable {
	const { snooze } = actions;
	return vscode.Disposable.from(
		vscode.commands.registerCommand("mote.toggle", toggle),
		vscode.commands.registerCommand("mote.toggleLanguage", () => toggleLanguage(actions)),
		vscode.commands.registerCommand("mote.trigger", trigger),
		vscode.commands.registerCommand("mote.chooseAmount", () => chooseAmount(actions)),
		vscode.commands.registerCommand("mote.snooze", (minutes: unknown) =>
			startSnooze(actions, minutes),
		),
		vscode.commands.registerCommand("mote.endSnooze", () => snooze.end()),
		vscode.commands.registerCommand("mote.showLog", actions.showLog),
		vscode.commands.registerCommand("mote.restartEngine", actions.restartEngine),
		vscode.commands.registerCommand("mote.showMenu", () =>
			showMenu(menuFacts(actions), (action) => run(action, actions)),
		),
	);
}

function menuFacts(actions: CommandActions): Parameters<typeof showMenu>[0] {
	const document = documentInFront();
	const settings = actions.settings();
	const { silence, isAnsweredSince } = actions.requests();
	// What was silent before the last suggestion is no news.
	const reason = silence && !isAnsweredSince ? reasonOf(silence) : undefined;
	return {
		status: actions.status(),
		settings,
		languageId: document && documentLanguage(document),
		snoozedUntil: actions.snooze.untilTime,
		model: actions.modelInUse(),
		works: actions.works(),
		serverOrigin: settings.server?.origin,
		// Of these the menu says itself whether they hold here.
		lastSilence: reason && !isSeenInNow(reason) ? reasonSentences[reason] : undefined,
		lastCopied: actions.lastCopied(),
		nextEdits: actions.nextEdits(),
	};
}

async function run(action: MenuAction, actions: CommandActions): Promise<void> {
	switch (action.kind) {
		case "command":
			await vscode.commands.executeCommand(action.command);
			return;
		case "snooze":
			actions.snooze.start(action.minutes);
			return;
		case "setLanguage":
			await setLanguage(action.languageId, action.isOn);
			return;
		case "letEditorShow":
			await letEditorShow();
			return;
		case "showModels":
			actions.showModels(action.rowId);
			return;
		case "resumeModel":
			actions.showModels(action.rowId);
			await actions.resumeModel(action.rowId);
			return;
		case "settings":
			await vscode.commands.executeCommand("workbench.action.openSettings", action.search);
	}
}

async function trigger(): Promise<void> {
	await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
}

async function toggle(): Promise<void> {
	await changeSetting(settingsSection, "enable", (enabled) => enabled === false);
}

async function toggleLanguage({ settings }: CommandActions): Promise<void> {
	const document = documentInFront();
	if (document !== undefined) {
		const languageId = documentLanguage(document);
		const { enabledLanguages } = settings();
		const isOn = Object.hasOwn(enabledLanguages, languageId)
			? enabledLanguages[languageId]
			: enabledLanguages["*"];
		await setLanguage(languageId, isOn === false);
	}
}

/** Without a number of minutes, as from the palette, it asks. */
async function startSnooze({ snooze }: CommandActions, given: unknown): Promise<void> {
	const isGiven = typeof given === "number" && given > 0 && given <= maxSnoozeMinutes;
	const minutes = isGiven ? given : await askForMinutes();
	if (minutes !== undefined) {
		snooze.start(minutes);
	}
}

/** Whoever wants more turns completions off. */
const maxSnoozeMinutes = 24 * 60;

async function askForMinutes(): Promise<number | undefined> {
	const picked = await vscode.window.showQuickPick(
		snoozeMinutes.map((minutes) => ({ label: `$(bell-slash) ${minutes} minutes`, minutes })),
		{ title: "Mote: no suggestions for how long?" },
	);
	return picked?.minutes;
}

async function chooseAmount({ settings }: CommandActions): Promise<void> {
	const { minJointProbability } = settings().completion;
	const picked = await vscode.window.showQuickPick(
		amounts.map(({ label, probability, detail }) => ({
			label: `${probability === minJointProbability ? "$(check) " : ""}${label}`,
			description: gateText(probability),
			detail,
			probability,
		})),
		{
			title: "Mote: how much ghost text?",
			placeHolder: `Now: ${gateText(minJointProbability)}`,
		},
	);
	if (picked !== undefined) {
		await changeSetting(
			settingsSection,
			"completion.minJointProbability",
			() => picked.probability,
		);
	}
}
