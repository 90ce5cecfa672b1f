import * as vscode from "vscode";
import { documentLanguage } from "./documentLanguage.ts";
import {
	editorSection,
	inlineSuggestKey,
	settingsSection,
	showsCompletions,
	type Settings,
} from "./settings.ts";
import type { ShowingPlace } from "./status.ts";

/** Where a person may type now, as far as it decides whether completions are shown. */
export function placeInFront(settings: Settings): ShowingPlace {
	const document = vscode.window.activeTextEditor?.document;
	// The editor counts the output panel as an editor too, but nobody types there.
	const typedIn = document?.uri.scheme === "output" ? undefined : document;
	return {
		settings,
		languageId: typedIn && documentLanguage(typedIn),
		isShownByEditor: showsCompletionsIn(typedIn),
	};
}

/** Users set it for single languages and folders too. */
export function showsCompletionsIn(document: vscode.TextDocument | undefined): boolean {
	return showsCompletions(vscode.workspace.getConfiguration(editorSection, document));
}

/** Hears of everything but Mote's own settings that may make {@link placeInFront} another. */
export function onDidChangePlace(listener: () => void): vscode.Disposable {
	return vscode.Disposable.from(
		vscode.window.onDidChangeActiveTextEditor(listener),
		// A document whose language changes is closed and opened again.
		vscode.workspace.onDidOpenTextDocument((document) => {
			if (document === vscode.window.activeTextEditor?.document) {
				listener();
			}
		}),
		vscode.workspace.onDidChangeConfiguration((event) => {
			if (
				event.affectsConfiguration(`${editorSection}.${inlineSuggestKey}`) &&
				!event.affectsConfiguration(settingsSection)
			) {
				listener();
			}
		}),
	);
}
