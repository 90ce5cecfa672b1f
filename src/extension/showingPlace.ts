import * as vscode from "vscode";
import { documentLanguage } from "./documentLanguage.ts";
import { isOwnDocument } from "./ownDocuments.ts";
import {
	editorSection,
	inlineSuggestKey,
	settingsSection,
	showsCompletions,
	type Settings,
} from "./settings.ts";
import type { ShowingPlace } from "./status.ts";

/** The document that a person may type in now. */
export function documentInFront(): vscode.TextDocument | undefined {
	const document = vscode.window.activeTextEditor?.document;
	// The editor counts the output panel as an editor too, but nobody types there, nor in what Mote shows.
	const isTypedIn =
		document !== undefined && document.uri.scheme !== "output" && !isOwnDocument(document.uri);
	return isTypedIn ? document : undefined;
}

/** Where a person may type now, as far as it decides whether completions are shown. */
export function placeInFront(
	settings: Settings,
	quiet: Pick<ShowingPlace, "snoozedUntil" | "isOnBattery">,
): ShowingPlace {
	const document = documentInFront();
	return {
		settings,
		languageId: document && documentLanguage(document),
		...quiet,
		isShownByEditor: showsCompletionsIn(document),
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
