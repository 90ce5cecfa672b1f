import * as vscode from "vscode";
import type { Settings } from "../settings.ts";
import { writeSettings } from "../writeSettings.ts";
import { connectServer, type ConnectOptions } from "./connectServer.ts";
import { askForKey } from "./askForKey.ts";
import type { LanguageModels } from "./languageModels.ts";

export interface ServerCommandsOptions extends ConnectOptions {
	readonly models: LanguageModels;
	readonly settings: () => Settings;
}

/** The commands about servers and about which model answers. */
export function registerServerCommands(options: ServerCommandsOptions): vscode.Disposable {
	const connect = (): Promise<void> => connectServer(options);
	return vscode.Disposable.from(
		vscode.commands.registerCommand("mote.connectServer", connect),
		vscode.commands.registerCommand("mote.setServerKey", () => setKey(options)),
		vscode.commands.registerCommand("mote.forgetServerKey", () => forgetKey(options)),
		vscode.commands.registerCommand("mote.chooseModel", () => chooseModel(options)),
	);
}

async function setKey({ settings, keys, models }: ServerCommandsOptions): Promise<void> {
	const origin = settings().server?.origin;
	if (origin === undefined) {
		await sayNoServer();
		return;
	}
	const key = await askForKey(origin);
	if (key !== undefined) {
		await keys.set(origin, key);
		models.reconnect();
	}
}

async function forgetKey({ settings, keys, models }: ServerCommandsOptions): Promise<void> {
	const origin = settings().server?.origin;
	if (origin === undefined) {
		await sayNoServer();
		return;
	}
	await keys.forget(origin);
	models.reconnect();
	await vscode.window.showInformationMessage(`The key of ${origin} is forgotten.`);
}

async function sayNoServer(): Promise<void> {
	await vscode.window.showInformationMessage(
		"There is no server: use “Mote: Connect to a Server…” first.",
	);
}

interface ModelItem extends vscode.QuickPickItem {
	readonly run: () => Promise<void>;
}

/** Which model answers conversations, and where completions come from. */
async function chooseModel(options: ServerCommandsOptions): Promise<void> {
	const answering = options.models.chat?.description;
	const picked = await vscode.window.showQuickPick(modelItems(options), {
		title:
			answering === undefined
				? "Mote: no model can converse yet"
				: `Mote: ${answering.name} answers, ${answering.server ?? "on this machine"}`,
	});
	await picked?.run();
}

async function modelItems(options: ServerCommandsOptions): Promise<readonly ModelItem[]> {
	const { server } = options.settings();
	return [
		...(server === undefined ? await runningItems(options) : serverItems(server)),
		{
			label: "$(plug) Connect to a server…",
			description: server === undefined ? "" : "Another one",
			run: () => connectServer(options),
		},
		{
			label: "$(folder-opened) Use a chat model on this machine…",
			description: "A folder made by “mote import”",
			run: chooseFolder,
		},
		{
			label: "$(package) All models…",
			description: "Install one, import your own, or use one that is there",
			run: async () => vscode.commands.executeCommand("mote.manageModels"),
		},
	];
}

/** Servers of this machine that nobody has named. They are asked now, because a person wants to choose. */
async function runningItems(options: ServerCommandsOptions): Promise<readonly ModelItem[]> {
	const { fetch, clock, isTrusted, settings } = options;
	if (!isTrusted() || !settings().offersRunningServers) {
		return [];
	}
	const { signal } = new AbortController();
	const { findRunningServers } = await import("../../languageModel/remote/runningServers.ts");
	const servers = await findRunningServers({ fetch, clock, signal });
	return servers.map(({ name, address, models }) => ({
		label: `$(server) Use ${name}, which runs on this machine…`,
		description:
			models.length === 0 ? "It has no model yet" : models.map(({ id }) => id).join(", "),
		run: () => connectServer(options, address),
	}));
}

function serverItems(server: NonNullable<Settings["server"]>): ModelItem[] {
	const turn = (
		what: string,
		key: "server.useForChat" | "server.useForCompletions",
		isOn: boolean,
	): ModelItem => ({
		label: isOn ? `$(check) ${what} from the server` : `$(circle-outline) ${what} on this machine`,
		description: isOn ? "Take them from this machine" : `Take them from ${server.origin}`,
		run: () => set(key, !isOn),
	});
	return [
		turn("Conversations", "server.useForChat", server.useForChat),
		turn("Completions", "server.useForCompletions", server.useForCompletions),
		{
			label: "$(debug-disconnect) Disconnect the server",
			description: server.origin,
			run: () => set("server.url", undefined),
		},
	];
}

async function chooseFolder(): Promise<void> {
	const [folder] =
		(await vscode.window.showOpenDialog({
			canSelectFiles: false,
			canSelectFolders: true,
			title: "Folder of a chat model",
		})) ?? [];
	if (folder !== undefined) {
		await set("chat.modelPath", folder.fsPath);
	}
}

async function set(key: string, value: unknown): Promise<void> {
	await writeSettings([[key, value]]);
}
