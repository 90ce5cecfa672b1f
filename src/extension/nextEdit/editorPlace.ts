import * as vscode from "vscode";
import { isSecretPath } from "../../context/files/secrets.ts";
import { documentLanguage } from "../documentLanguage.ts";
import { isOwnDocument } from "../ownDocuments.ts";
import { isEnabledFor, type Settings } from "../settings.ts";
import type { FollowedDocument } from "./followedDocument.ts";
import type { TypingPlace } from "./nextEditSession.ts";
import type { FileFacts } from "./otherFiles.ts";
import { otherProviderOf, quietReason } from "./quietReason.ts";

/** Where a person may type now, as the session sees it. */
export function typingPlace(settings: Settings, isSnoozed: boolean): TypingPlace {
	const editor = vscode.window.activeTextEditor;
	const document = editor && followed(editor.document);
	return {
		document,
		cursorLine: editor?.selection.active.line ?? 0,
		quiet: quietReason({
			isOn: settings.nextEdits,
			isMoteOn: settings.enable,
			isSnoozed,
			document: editor &&
				document && {
					isLanguageOn: isEnabledFor({ ...settings, enable: true }, document.languageId),
					isInPlainEditor: isInPlainEditor(editor.document.uri),
					isWritable: isWritable(editor.document),
					isSecret: isSecretPath(editor.document.uri.path),
					lines: document.lineCount,
					units: document.units,
					cursors: editor.selections.length,
				},
			otherProvider: otherProviderOf(
				(extension) => vscode.extensions.getExtension(extension)?.isActive === true,
				(key) => vscode.workspace.getConfiguration(undefined, editor?.document).get(key),
			),
		}),
	};
}

/** Whether next edits may be shown in a file that isn't open. */
export function mayShow(settings: Settings, { languageId, documentId: id }: FileFacts): boolean {
	return (
		isEnabledFor({ ...settings, enable: true }, languageId) &&
		!isSecretPath(vscode.Uri.parse(id).path)
	);
}

/** A document as the session sees it. Lines are asked for one by one, its text as a whole only when it is opened. */
export function followed(document: vscode.TextDocument): FollowedDocument {
	const end = document.lineAt(document.lineCount - 1).range.end;
	const breakUnits = document.eol === vscode.EndOfLine.CRLF ? 2 : 1;
	return {
		id: documentId(document),
		languageId: documentLanguage(document),
		get version() {
			return document.version;
		},
		lineCount: document.lineCount,
		units: document.offsetAt(end) - (document.lineCount - 1) * breakUnits,
		lineAt: (line) => document.lineAt(line).text,
		getText: () => document.getText(),
	};
}

export function documentId({ uri }: vscode.TextDocument): string {
	return uri.toString();
}

/** The tab in front holds this text and nothing else: not beside another text, and not in cells. */
function isInPlainEditor(uri: vscode.Uri): boolean {
	const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
	return input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
}

/** Somebody may save it where it is from; of schemes that no file system provides nobody knows that. */
function isWritable({ uri, isUntitled }: vscode.TextDocument): boolean {
	return (
		!isOwnDocument(uri) &&
		(isUntitled || vscode.workspace.fs.isWritableFileSystem(uri.scheme) === true)
	);
}
