import * as vscode from "vscode";
import { editorSection, inlineSuggestKey, settingsSection } from "./settings.ts";

/**
 * Changes a setting where it is in force: a value in the workspace hides the user's own.
 * `next` gets the value in force, and the one of the file that will be written.
 */
export async function changeSetting(
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

export async function setLanguage(languageId: string, isOn: boolean): Promise<void> {
	// The editor merges what one settings file says with the defaults, key by key.
	await changeSetting(settingsSection, "enabledLanguages", (_, inFile) => ({
		...(isRecord(inFile) ? inFile : {}),
		[languageId]: isOn,
	}));
}

/** Where the editor's own setting is off for the document in front: for everything, or for its language. */
export async function letEditorShow(): Promise<void> {
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
		await changeSetting(editorSection, inlineSuggestKey, () => true);
	} else {
		await vscode.workspace
			.getConfiguration(editorSection, document)
			.update(inlineSuggestKey, true, target, true);
	}
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
