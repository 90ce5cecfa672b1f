import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import type { CacheSurroundings } from "../../base/cacheFolder.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { forkProcess } from "../../base/process/forkProcess.ts";
import { isTried } from "../../engine/gpu/gpuProviders.ts";
import { architectureNames } from "../../model/architecture.ts";
import { runtimesPlace } from "../../model/cudaRuntime.ts";
import type { FolderModel, ModelUse } from "../../modelCatalog/catalogFacts.ts";
import { CatalogSession } from "../../modelCatalog/catalogSession.ts";
import { hasUnfinished, libraryPlace } from "../../modelLibrary/libraryPlace.ts";
import { parseSuggestions, type Suggestion } from "../../modelLibrary/suggestions.ts";
import { LibraryClient } from "../../modelProcess/libraryClient.ts";
import { libraryEnvironment } from "../../modelProcess/libraryEnvironment.ts";
import type { LocalModel } from "../engineSession.ts";
import type { LanguageModels } from "../servers/languageModels.ts";
import { editorProxy, type Settings } from "../settings.ts";
import { createCatalogEditor } from "./editorActions.ts";
import { bundledFolders, folderModels } from "./folderModels.ts";
import { ModelsPanel } from "./modelsPanel.ts";

export interface ModelsOptions {
	readonly extensionUri: vscode.Uri;
	/** Of this user on this machine: the folders that they have added. */
	readonly state: vscode.Memento;
	readonly models: LanguageModels;
	/** The one of this machine that completes; undefined while none is loaded. */
	readonly completionModel: () => LocalModel | undefined;
	readonly settings: () => Settings;
	readonly isTrusted: () => boolean;
	readonly memoryBytes: number;
	/** The ways to a model that converses may have changed. */
	readonly onDidChange: () => void;
	readonly fetch: typeof globalThis.fetch;
	readonly clock: Clock;
	readonly logger: Logger;
}

export interface Models {
	readonly session: CatalogSession;
	/** The view, with a row if one is given. */
	show(rowId: string | undefined): void;
	/** Somebody looks at the chat: where nothing converses, it says what would. */
	chatShown(): void;
	dispose(): void;
}

/** The view of models, what it shows, and what is installed from it. */
export function registerModels(options: ModelsOptions): Models {
	const { extensionUri, models, clock, logger } = options;
	const bundled = bundledFolders(extensionUri.fsPath);
	const folders = ownFolders(options.state);
	const panel = new ModelsPanel({
		extensionUri,
		receive: (message) => void session.receive(message),
	});
	const changed = (): void => {
		panel.send(() => ({ kind: "catalog", catalog: session.view }));
		options.onDidChange();
	};
	const library = new LibraryClient({
		startProcess: () =>
			forkProcess({
				childPath: vscode.Uri.joinPath(extensionUri, "dist", "modelProcess.js").fsPath,
				execPath: undefined,
				name: "models",
				nodeArguments: [],
				environment: libraryEnvironment(
					process.env,
					editorProxy(vscode.workspace.getConfiguration("http")),
				),
				logger,
			}),
		clock,
		logger,
	});
	const session: CatalogSession = new CatalogSession({
		library,
		editor: createCatalogEditor({
			settings: options.settings,
			isTrusted: options.isTrusted,
			bundled,
			keepFolder: folders.keep,
			hubPage: hubPage(process.env["HF_ENDPOINT"]),
			show: (rowId) => panel.show(rowId),
		}),
		suggestions: suggestionsOf(extensionUri),
		importable: new Set(architectureNames),
		memoryBytes: options.memoryBytes,
		folders: () => outsideFolders(bundled.keys(), folders.all(), options.settings()),
		hasCudaDriver: async () => {
			// Of no use before somebody looks.
			const { hasCudaDriver } = await import("./cudaDriver.ts");
			return await hasCudaDriver();
		},
		triesCuda: () => isTried("cuda", options.settings().engine.gpu),
		offersServers: () => options.isTrusted() && options.settings().offersRunningServers,
		findServers: async (signal) => {
			const { findRunningServers } = await import("../../languageModel/remote/runningServers.ts");
			return await findRunningServers({ fetch: options.fetch, clock, signal });
		},
		use: () => useOf(options),
		onDidChange: changed,
		onNotice: (text) => panel.send(() => ({ kind: "notice", text })),
		clock,
		logger,
	});
	const registrations = vscode.Disposable.from(
		panel,
		models.onDidChange(changed),
		vscode.commands.registerCommand("mote.manageModels", () => panel.show(undefined)),
	);
	void lookForUnfinished(session);
	return {
		session,
		show: (rowId) => panel.show(rowId),
		chatShown: () => {
			const { server, chatModelPath } = options.settings();
			if (models.chat === undefined && server === undefined && chatModelPath === undefined) {
				void session.look({ servers: true });
			}
		},
		dispose: () => {
			session.dispose();
			library.dispose();
			registrations.dispose();
		},
	};
}

/** Read when they are asked for: an activation has no use for them. */
function suggestionsOf(extensionUri: vscode.Uri): () => readonly Suggestion[] {
	const file = vscode.Uri.joinPath(extensionUri, "models/suggestions.json").fsPath;
	let suggestions: readonly Suggestion[] | undefined;
	return () => (suggestions ??= parseSuggestions(readFileSync(file, "utf8")));
}

const surroundings = (): CacheSurroundings => ({
	platform: process.platform,
	environment: process.env,
	home: homedir(),
});

const libraryFolder = (): string => libraryPlace(surroundings());

/** What an earlier window began is offered in this one, without anybody having to open the view first. */
async function lookForUnfinished(session: CatalogSession): Promise<void> {
	const places = [libraryFolder(), runtimesPlace(surroundings())];
	if ((await Promise.all(places.map(hasUnfinished))).some(Boolean)) {
		await session.look({ servers: false });
	}
}

/** Folders that a person has added; those that are gone are passed over when they are read. */
function ownFolders(state: vscode.Memento): {
	readonly all: () => readonly string[];
	readonly keep: (folder: string) => Promise<void>;
} {
	const key = "modelFolders";
	const all = (): readonly string[] => {
		const kept: unknown = state.get(key);
		return Array.isArray(kept) ? kept.filter((folder) => typeof folder === "string") : [];
	};
	return {
		all,
		keep: async (folder) => {
			await state.update(key, [...new Set([...all(), folder])]);
		},
	};
}

/** The models that ship, and those that a setting or a person names beside the library. */
async function outsideFolders(
	bundled: Iterable<string>,
	kept: readonly string[],
	{ chatModelPath, engine }: Settings,
): Promise<readonly FolderModel[]> {
	const named = [
		...(chatModelPath === undefined ? [] : [path.resolve(chatModelPath)]),
		...(engine.model.kind === "folder" ? [engine.model.folder] : []),
		...kept,
	];
	const inLibrary = (folder: string): boolean => path.dirname(folder) === libraryFolder();
	return await folderModels(bundled, new Set(named.filter((folder) => !inLibrary(folder))));
}

function useOf({ models, completionModel, settings }: ModelsOptions): ModelUse {
	const { server, chatModelPath } = settings();
	const chat = models.chat?.description;
	const local = completionModel();
	return {
		completionFolder: local?.folder,
		chatFolder: chatModelPath === undefined ? undefined : path.resolve(chatModelPath),
		server,
		chatName: chat && `${chat.name}, ${chat.server ?? "on this machine"}`,
		completionName: models.serverInfill?.description.name ?? local?.manifest.name,
	};
}

/** Where people look at a model: the hub, or the mirror that stands in for it. */
function hubPage(endpoint: string | undefined): string {
	const address = endpoint?.trim().replace(/\/+$/, "") ?? "";
	return /^https?:\/\//.test(address) ? address : "https://huggingface.co";
}
