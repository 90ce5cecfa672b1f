import { UserError } from "../base/userError.ts";
import type { ChatEditor, ChatEdits } from "./chatEditor.ts";
import type { Conversation } from "./conversations/conversation.ts";
import { conversationMarkdown } from "./conversations/exportMarkdown.ts";
import { codeBlocks, type CodeBlock } from "./edits/codeBlocks.ts";
import { workspacePath } from "./guardedWorkspace.ts";
import type { FromView, ReviewView, ToView } from "./messages.ts";

/** What a person presses in the view that has the editor do something. */
export type EditorMessage = Extract<
	FromView,
	{
		kind:
			| "copyBlock"
			| "copyMessage"
			| "insertBlock"
			| "applyBlock"
			| "decideHunk"
			| "decideAll"
			| "showReview"
			| "exportConversation"
			| "chooseModel"
			| "takeWay"
			| "manageModels"
			| "openLink"
			| "openFile";
	}
>;

export interface EditorActionOptions {
	readonly editor: ChatEditor;
	readonly edits: ChatEdits | undefined;
	/** The one that the message is about, if it is there. */
	readonly conversation: Conversation | undefined;
}

/**
 * Does it, and returns what the view is told. The view says which block of which answer it means; its text is
 * taken from the conversation. What the view means but isn't there any more is passed over.
 */
export async function editorAction(
	message: EditorMessage,
	options: EditorActionOptions,
): Promise<readonly ToView[]> {
	const { editor, edits, conversation } = options;
	switch (message.kind) {
		case "copyBlock":
			return copied(editor, blockOf(conversation, message)?.content);
		case "copyMessage":
			return copied(
				editor,
				conversation?.messages.find(({ id }) => id === message.messageId)?.text,
			);
		case "insertBlock": {
			const block = blockOf(conversation, message);
			if (block !== undefined) {
				await editor.insertAtCursor(block.content);
			}
			return [];
		}
		case "applyBlock":
			return reviewed(await propose(conversation, message, edits));
		case "decideHunk":
			return reviewed(await edits?.decideHunk(message.reviewId, message.hunkIndex, message.accept));
		case "decideAll":
			return reviewed(await edits?.decideAll(message.reviewId, message.accept));
		case "showReview":
			await edits?.show(message.reviewId);
			return [];
		case "exportConversation":
			if (conversation !== undefined && conversation.messages.length > 0) {
				await editor.openMarkdown(conversationMarkdown(conversation));
			}
			return [];
		case "chooseModel":
			await editor.chooseModel();
			return [];
		case "takeWay":
			await editor.takeWay(message.wayId);
			return [];
		case "manageModels":
			await editor.manageModels();
			return [];
		case "openLink":
			await editor.openLink(webAddress(message.href));
			return [];
		case "openFile":
			await editor.openFile(insidePath(message.path), message.line);
			return [];
	}
}

interface BlockPlace {
	readonly messageId: string;
	readonly blockIndex: number;
}

function blockOf(conversation: Conversation | undefined, place: BlockPlace): CodeBlock | undefined {
	const message = conversation?.messages.find(({ id }) => id === place.messageId);
	return message?.role === "assistant"
		? codeBlocks(message.text).find(({ index }) => index === place.blockIndex)
		: undefined;
}

async function propose(
	conversation: Conversation | undefined,
	place: BlockPlace,
	edits: ChatEdits | undefined,
): Promise<ReviewView | undefined> {
	const block = blockOf(conversation, place);
	const messages = conversation?.messages ?? [];
	const index = messages.findIndex(({ id }) => id === place.messageId);
	const answer = messages[index];
	const question = messages[index - 1];
	if (conversation === undefined || block === undefined || answer === undefined) {
		return undefined;
	}
	return edits?.propose({
		conversationId: conversation.id,
		...place,
		info: block.info,
		code: block.content,
		answer: answer.text,
		target: question?.role === "user" ? question.target : undefined,
	});
}

async function copied(editor: ChatEditor, text: string | undefined): Promise<readonly ToView[]> {
	if (text === undefined) {
		return [];
	}
	await editor.copy(text);
	return [{ kind: "notice", text: "Copied." }];
}

function reviewed(review: ReviewView | undefined): readonly ToView[] {
	return review === undefined ? [] : [{ kind: "review", review }];
}

/** A model wrote the address: of all schemes only these two have the browser show something. */
function webAddress(href: string): string {
	const url = URL.canParse(href) ? new URL(href) : undefined;
	if (url?.protocol !== "https:" && url?.protocol !== "http:") {
		throw new UserError(
			"linkRefused",
			"Mote opens only links to web pages; copy this one instead.",
		);
	}
	return url.href;
}

function insidePath(path: string): string {
	const inside = workspacePath(path);
	if (inside === undefined) {
		throw new UserError(
			"fileRefused",
			"Mote opens only files of the workspace from a chat; open this one by yourself.",
		);
	}
	return inside;
}
