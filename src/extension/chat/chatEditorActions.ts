import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import type { ChatEditor } from "../../chat/chatEditor.ts";
import type { LastEditor } from "./lastEditor.ts";
import { uriInWorkspace } from "../workspacePaths.ts";

export interface ChatEditorOptions {
	readonly lastEditor: LastEditor;
	readonly chooseModel: () => Promise<void>;
	readonly takeWay: (wayId: string) => Promise<void>;
	readonly manageModels: () => Promise<void>;
}

/** What a person has the editor do from a conversation. */
export function createChatEditor({ lastEditor, ...models }: ChatEditorOptions): ChatEditor {
	return {
		copy: async (text) => vscode.env.clipboard.writeText(text),
		insertAtCursor: (code) => insertAtCursor(lastEditor.editor, code),
		...models,
		openLink,
		openFile,
		openMarkdown,
		confirmDelete,
	};
}

async function insertAtCursor(editor: vscode.TextEditor | undefined, code: string): Promise<void> {
	if (editor === undefined) {
		throw new UserError(
			"noEditor",
			"There is no document to insert into: open one, put the cursor where the code belongs, and insert again.",
		);
	}
	const { document, selection } = editor;
	const shown = await vscode.window.showTextDocument(document, {
		...(editor.viewColumn === undefined ? {} : { viewColumn: editor.viewColumn }),
		selection,
	});
	const isDone = await shown.edit((edit) => edit.replace(selection, code));
	if (!isDone) {
		throw new UserError(
			"notInserted",
			"The document could not be changed: it is read-only, or changed at the same moment.",
		);
	}
}

/** The editor asks before it opens an address that the user hasn't trusted. */
async function openLink(href: string): Promise<void> {
	const uri = vscode.Uri.parse(href, true);
	if (uri.scheme === "http" || uri.scheme === "https") {
		await vscode.env.openExternal(uri);
	}
}

async function openFile(path: string, line: number | undefined): Promise<void> {
	const uri = uriInWorkspace(path);
	const missing = new UserError("noFile", `There is no file ${path} in this workspace.`);
	if (uri === undefined) {
		throw missing;
	}
	const at = new vscode.Position(line ?? 0, 0);
	try {
		await vscode.window.showTextDocument(uri, {
			selection: new vscode.Range(at, at),
			preview: true,
		});
	} catch {
		throw missing;
	}
}

/** As a document that isn't saved anywhere: saving it asks where to. */
async function openMarkdown(markdown: string): Promise<void> {
	const document = await vscode.workspace.openTextDocument({
		language: "markdown",
		content: markdown,
	});
	await vscode.window.showTextDocument(document);
}

async function confirmDelete(title: string): Promise<boolean> {
	const remove = "Delete";
	const answer = await vscode.window.showWarningMessage(
		`Delete the conversation “${title}”?`,
		{ modal: true, detail: "It can't be brought back." },
		remove,
	);
	return answer === remove;
}
