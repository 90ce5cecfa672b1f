import * as vscode from "vscode";
import type { CompletionRequest } from "../completion/completionProvider.ts";
import { isSecretPath } from "../context/files/secrets.ts";
import { documentLanguage } from "./documentLanguage.ts";
import { documentRequest, type RequestContext } from "./documentRequest.ts";
import { textOfEarlierCells } from "./earlierCells.ts";
import { cellScheme, toldPath } from "./toldPath.ts";
import { displayPath } from "./workspacePaths.ts";

/**
 * The request for a completion at a place in the editor, with what stands around its document where that is a part of something;
 * undefined where it is too long.
 */
export function requestAt(
	document: vscode.TextDocument,
	position: vscode.Position,
	context: Pick<RequestContext, "invoked" | "keyAgeMs" | "selectedCompletionInfo">,
): CompletionRequest | undefined {
	const { uri } = document;
	const notebook = uri.scheme === cellScheme ? notebookOf(document) : undefined;
	const path = toldPath({
		scheme: uri.scheme,
		languageId: documentLanguage(document),
		path: displayPath(notebook?.uri ?? uri),
	});
	return documentRequest(document, path, position, {
		...context,
		isSecret: isSecretPath(uri.path),
		...(notebook !== undefined && { precedingText: precedingText(notebook, document) }),
	});
}

function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
	return vscode.workspace.notebookDocuments.find(
		(notebook) =>
			notebook.uri.path === document.uri.path &&
			notebook.getCells().some((cell) => cell.document === document),
	);
}

function precedingText(notebook: vscode.NotebookDocument, document: vscode.TextDocument): string {
	const cells = notebook.getCells().map((cell) => cell.document);
	return textOfEarlierCells(
		cells.map((cell) => ({
			languageId: documentLanguage(cell),
			getText: () => cell.getText(),
		})),
		cells.indexOf(document),
	);
}
