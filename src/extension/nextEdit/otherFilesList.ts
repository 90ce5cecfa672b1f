import * as vscode from "vscode";
import { plainText } from "../edits/documentText.ts";
import type { Reviews } from "../edits/reviews.ts";
import { withEdits } from "./editorEdits.ts";
import { followed } from "./editorPlace.ts";
import { elsewhereText, listedEdits, type ListedEdit } from "./listedEdits.ts";
import type { FollowedFile, OtherFiles } from "./otherFiles.ts";
import type { FoundEdit } from "./searchProtocol.ts";

export interface OtherFilesListOptions {
	readonly others: OtherFiles;
	readonly reviews: () => Reviews;
	/** The document of an edit is in front, and the cursor is there. */
	readonly goneTo: (found: FoundEdit) => void;
}

interface Row extends vscode.QuickPickItem {
	readonly picks: ListedEdit | "all" | undefined;
}

/** The list of next edits in other files: opens the place that is picked, or the diffs of all. Nothing is changed before it was shown. */
export class OtherFilesList {
	constructor(private readonly options: OtherFilesListOptions) {}

	/** Asks which, unless `row` says so, as the argument of a keybinding: 0 for the diffs of all, else the place of that number. */
	async show(row: unknown): Promise<void> {
		const { files } = this.options.others;
		if (files.length === 0) {
			void vscode.window.showInformationMessage("There are no next edits in other files.");
			return;
		}
		const listed = listedEdits(files);
		const picked =
			row === 0 ? "all" : typeof row === "number" ? listed[row - 1] : await this.ask(listed);
		if (picked === "all") {
			await this.proposeAll();
		} else if (picked !== undefined) {
			await this.open(picked);
		}
	}

	private async ask(listed: readonly ListedEdit[]): Promise<ListedEdit | "all" | undefined> {
		const { files, unreadFiles } = this.options.others;
		const unread =
			unreadFiles === 0 ? "" : `; ${unreadFiles} more that use the same names were not searched`;
		const rows: readonly Row[] = [
			{
				label: `$(diff-multiple) Look at all ${listed.length} as diffs, file by file`,
				picks: "all",
			},
			{ label: "", kind: vscode.QuickPickItemKind.Separator, picks: undefined },
			...listed.map((picks) => {
				const { label, description, detail } = picks;
				return { label, description, detail, picks };
			}),
		];
		const picked = await vscode.window.showQuickPick(rows, {
			title: `${elsewhereText({ edits: listed.length, files: files.length })}${unread}`,
			placeHolder: "Opens the place; Tab puts the edit in there",
			matchOnDescription: true,
			matchOnDetail: true,
		});
		return picked?.picks;
	}

	/** A diff for each file, one after the other; what is accepted in it goes in by one step of undo. Ends where nothing of one is accepted. */
	async proposeAll(): Promise<void> {
		for (const { documentId } of this.options.others.files) {
			if (!(await this.propose(documentId))) {
				return;
			}
		}
	}

	private async open({ file, found }: ListedEdit): Promise<void> {
		const document = await this.fitting(file);
		if (document === undefined || !this.options.others.editsOf(file.documentId).includes(found)) {
			void vscode.window.showInformationMessage(
				`${file.path} has changed there meanwhile, so that this edit is dropped.`,
			);
			return;
		}
		const { line, old } = found.edit;
		// In front of an insertion is the line that it comes behind.
		const at = document.validatePosition(
			new vscode.Position(Math.max(0, line - +(old.length === 0)), 0),
		);
		await vscode.window.showTextDocument(document, {
			selection: new vscode.Range(at, at),
			preview: false,
		});
		this.options.goneTo(found);
	}

	/** Whether something of it was accepted, or there was nothing to decide. */
	private async propose(documentId: string): Promise<boolean> {
		const { others } = this.options;
		const [file] = others.files.filter((one) => one.documentId === documentId);
		if (file === undefined) {
			return true;
		}
		const document = await this.fitting(file);
		const edits = others.editsOf(documentId);
		if (document === undefined || edits.length === 0) {
			return true;
		}
		const base = plainText(document);
		const reviews = this.options.reviews();
		const { id } = await reviews.propose({
			uri: document.uri,
			base,
			proposed: withEdits(base, edits),
			title: edits.length === 1 ? "Next edit" : `${edits.length} next edits`,
			range: undefined,
		});
		if (reviews.views.some((view) => view.id === id)) {
			await closed(reviews, id);
		}
		return others.editsOf(documentId).length < edits.length;
	}

	/** Opens a file without showing it, and drops what doesn't stand there any more: all of it where it can't be opened. */
	private async fitting({ documentId }: FollowedFile): Promise<vscode.TextDocument | undefined> {
		const uri = vscode.Uri.parse(documentId);
		const isThere = await vscode.workspace.fs.stat(uri).then(
			() => true,
			() => false,
		);
		if (!isThere) {
			this.options.others.forget(documentId);
			return undefined;
		}
		const document = await vscode.workspace.openTextDocument(uri);
		this.options.others.fit(followed(document));
		return document;
	}
}

/** Resolves when a review is over. */
function closed(reviews: Reviews, id: string): Promise<void> {
	return new Promise((resolve) => {
		const listener = reviews.onDidClose((closedId) => {
			if (closedId === id) {
				listener.dispose();
				resolve();
			}
		});
	});
}
