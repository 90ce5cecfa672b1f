import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import type { CatalogEditor, ModelSource } from "../../modelCatalog/catalogEditor.ts";
import { byteText } from "../../base/byteText.ts";
import type { Settings } from "../settings.ts";
import { writeSettings } from "../writeSettings.ts";
import { folderModel } from "./folderModels.ts";
import { changesToStopUsing, changesToUse } from "./modelUse.ts";

export interface EditorActionsOptions {
	readonly settings: () => Settings;
	readonly isTrusted: () => boolean;
	/** What the setting calls the models that ship, by their folders. */
	readonly bundled: ReadonlyMap<string, string>;
	/** Keeps a folder in the list. */
	readonly keepFolder: (folder: string) => Promise<void>;
	/** The page of the hub that is in use, without a slash at its end. */
	readonly hubPage: string;
	readonly show: (rowId: string | undefined) => void;
}

/** What a person has the editor do from the view of models. */
export function createCatalogEditor(options: EditorActionsOptions): CatalogEditor {
	const use = async (purpose: "chat" | "completions", source: ModelSource): Promise<void> => {
		if (source.kind === "server" && !options.isTrusted()) {
			throw new UserError(
				"notTrusted",
				"In Restricted Mode Mote uses no server: trust this workspace first.",
			);
		}
		await writeSettings(changesToUse(purpose, source, options.settings(), options.bundled));
	};
	return {
		useForChat: (source) => use("chat", source),
		useForCompletions: (source) => use("completions", source),
		stopUsing: (folder) => writeSettings(changesToStopUsing(folder, options.settings())),
		restartEngine: async () => vscode.commands.executeCommand("mote.restartEngine"),
		disconnectServer: () => writeSettings([["server.url", undefined]]),
		connectServer: async () => vscode.commands.executeCommand("mote.connectServer"),
		confirmRemoval,
		pickCheckpoint,
		keepModelFolder: async (picked) => {
			const isModel = (await folderModel(picked, false)) !== undefined;
			if (isModel) {
				await options.keepFolder(path.resolve(picked));
			}
			return isModel;
		},
		openPage: async (repository) => {
			await vscode.env.openExternal(vscode.Uri.parse(`${options.hubPage}/${repository}`, true));
		},
		show: options.show,
	};
}

async function confirmRemoval(name: string, bytes: number): Promise<boolean> {
	const remove = "Remove";
	const answer = await vscode.window.showWarningMessage(
		`Remove ${name}?`,
		{ modal: true, detail: `That frees ${byteText(bytes)}. It can be installed again.` },
		remove,
	);
	return answer === remove;
}

async function pickCheckpoint(kind: "file" | "folder"): Promise<string | undefined> {
	const isFile = kind === "file";
	const [picked] =
		(await vscode.window.showOpenDialog({
			canSelectFiles: isFile,
			canSelectFolders: !isFile,
			title: isFile
				? "A GGUF or ONNX file to import"
				: "Folder of a Hugging Face checkpoint, of an ONNX export, or of a model made by Mote",
			openLabel: "Import",
			...(isFile && { filters: { "GGUF, ONNX": ["gguf", "onnx"], "All files": ["*"] } }),
		})) ?? [];
	return picked?.fsPath;
}
