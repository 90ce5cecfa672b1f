import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import type { ProposedBlock, QuestionTarget } from "../../chat/chatEditor.ts";
import { codeBlocks } from "../../chat/edits/codeBlocks.ts";
import { newFileText, proposedChange, type AppliedBlock } from "../../chat/edits/proposedChange.ts";
import { isSameFile } from "../../chat/edits/safePath.ts";
import type { ReviewView } from "../../chat/messages.ts";
import { plainOffset, plainText } from "./documentText.ts";
import { proposedScheme } from "./proposedDocuments.ts";
import type { Reviews } from "./reviews.ts";
import { wholeLines } from "./taskPlace.ts";
import { fileNamed } from "./fileNamed.ts";
import { displayPath } from "../workspacePaths.ts";

interface Range {
	readonly start: number;
	readonly end: number;
}

/**
 * Opens a code block of an answer as a proposed change: of the lines that the question marked, else of the file
 * that the answer names, else of the document in front. Rejects with a UserError that says why it can't.
 */
export async function applyBlock(block: ProposedBlock, reviews: Reviews): Promise<ReviewView> {
	const found = codeBlocks(block.answer).find(({ index }) => index === block.blockIndex);
	const code: AppliedBlock = {
		content: block.code,
		info: block.info,
		pathHint: found?.pathHint,
		isCut: found?.isCut ?? true,
	};
	const named = code.pathHint === undefined ? undefined : await fileNamed(code.pathHint);
	const isOfTarget =
		block.target !== undefined &&
		code.pathHint !== undefined &&
		isSameFile(code.pathHint, block.target.path);
	if (named?.isThere === false && !isOfTarget) {
		const created = newFileText(code, displayPath(named.uri));
		if (created.kind === "refused") {
			throw refused(created.sentence);
		}
		return reviews.propose({
			uri: named.uri,
			base: "",
			proposed: created.text,
			title: "New file from the chat",
			range: undefined,
			isNewFile: true,
			conversationId: block.conversationId,
		});
	}
	if (code.pathHint !== undefined && named === undefined && block.target === undefined) {
		throw refused(
			"The answer names a file that Mote may not change; copy the code, or insert it at the cursor.",
		);
	}
	const uri = await documentOf(block.target, named?.uri);
	const document = await vscode.workspace.openTextDocument(uri);
	const text = plainText(document);
	const range = selectedRange(document) ?? rangeOf(block.target, document, text);
	const change = proposedChange(code, { path: displayPath(uri), text, range });
	if (change.kind === "refused") {
		throw refused(change.sentence);
	}
	return reviews.propose({
		uri,
		base: text,
		proposed: change.text,
		title: "Change from the chat",
		range,
		conversationId: block.conversationId,
	});
}

async function documentOf(
	target: QuestionTarget | undefined,
	named: vscode.Uri | undefined,
): Promise<vscode.Uri> {
	if (target !== undefined) {
		// A question's own document: not what a model wrote. Unsaved documents have no file.
		const open = vscode.workspace.textDocuments.find(
			({ uri }) => uri.scheme !== proposedScheme && displayPath(uri) === target.path,
		);
		const uri = open?.uri ?? (await fileNamed(target.path))?.uri;
		if (uri === undefined) {
			throw refused(`${target.path} is not open any more; open it, and apply the code again.`);
		}
		return uri;
	}
	const inFront = named ?? frontEditor()?.document.uri;
	if (inFront === undefined) {
		throw refused("No document is open that the code could be applied to; open the one it is for.");
	}
	return inFront;
}

/** The chat view has the focus: the document is one that can be seen. */
function frontEditor(): vscode.TextEditor | undefined {
	const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
	return editors.find(
		(editor) =>
			editor !== undefined &&
			["file", "untitled", "vscode-remote"].includes(editor.document.uri.scheme),
	);
}

/** What a person has selected in the document is what the code is for. */
function selectedRange(document: vscode.TextDocument): Range | undefined {
	const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
	return editor === undefined || editor.selection.isEmpty
		? undefined
		: wholeLines(plainText(document), {
				start: plainOffset(document, editor.selection.start),
				end: plainOffset(document, editor.selection.end),
			});
}

/** Where the lines of the question are now; they may have moved, but must be the same. */
function rangeOf(
	target: QuestionTarget | undefined,
	document: vscode.TextDocument,
	text: string,
): Range | undefined {
	if (target === undefined) {
		return undefined;
	}
	const marked = target.text.replace(/\n$/, "");
	const expected = plainOffset(document, new vscode.Position(target.startLine, 0));
	const start = text.startsWith(marked, expected) ? expected : onlyPlaceOf(marked, text);
	if (start === undefined || marked === "") {
		throw refused(
			`The lines of ${target.path} that the question was about have changed; ask again, or select the lines that the code is for.`,
		);
	}
	return wholeLines(text, { start, end: start + marked.length });
}

function onlyPlaceOf(part: string, text: string): number | undefined {
	const first = text.indexOf(part);
	return first >= 0 && !text.includes(part, first + 1) ? first : undefined;
}

function refused(sentence: string): UserError {
	return new UserError("notApplied", sentence);
}
