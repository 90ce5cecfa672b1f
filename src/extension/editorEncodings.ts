import * as vscode from "vscode";
import { utf8, utf8Files, type FileEncodings } from "../context/files/encodings.ts";
import { knownLanguageIds } from "../context/files/languageIds.ts";
import { replacementCharacter } from "../context/files/sourceText.ts";

/**
 * How the editor reads the files of a folder. Where it guesses, nobody else can tell what it will guess: what is
 * valid UTF-8 is read as such there, and nothing else.
 */
export function encodingsOf(folder: vscode.WorkspaceFolder): FileEncodings {
	const { uri } = folder;
	if (vscode.workspace.getConfiguration("files", uri).get<boolean>("autoGuessEncoding", false)) {
		return utf8Files;
	}
	const named = (languageId?: string): string =>
		vscode.workspace
			.getConfiguration("files", languageId === undefined ? uri : { uri, languageId })
			.get("encoding", utf8);
	const usual = named();
	const byLanguage = Object.fromEntries(
		knownLanguageIds
			.map((languageId) => [languageId, named(languageId)] as const)
			.filter(([, encoding]) => encoding !== usual),
	);
	return { default: usual, byLanguage };
}

/** Whether a change of settings changes what `encodingsOf` says. */
export function changesEncodings(event: vscode.ConfigurationChangeEvent): boolean {
	return (
		event.affectsConfiguration("files.encoding") ||
		event.affectsConfiguration("files.autoGuessEncoding")
	);
}

/**
 * The text of a file's bytes as the editor would show it; undefined for one that isn't text. Of a file that is cut
 * the last character may be, and then isn't there.
 */
export async function shownText(
	bytes: Uint8Array,
	uri: vscode.Uri,
	isCut: boolean,
): Promise<string | undefined> {
	let text: string;
	try {
		text = await vscode.workspace.decode(bytes, { uri });
	} catch {
		// Binary; the editor doesn't tell more.
		return undefined;
	}
	return isCut && text.endsWith(replacementCharacter) ? text.slice(0, -1) : text;
}
