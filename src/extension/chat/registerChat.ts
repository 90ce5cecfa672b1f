import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { ChatEdits } from "../../chat/chatEditor.ts";
import { ChatSession, type PreparedAsk } from "../../chat/chatSession.ts";
import type { CopiedIn } from "../../chat/copiedNotes.ts";
import { ConversationStore } from "../../chat/conversations/conversationStore.ts";
import type { Repository } from "../../context/repository/repositorySet.ts";
import type { StructureService } from "../../context/syntax/structure.ts";
import type { CatalogSession } from "../../modelCatalog/catalogSession.ts";
import type { ConversationAnswer } from "../edits/editsOptions.ts";
import type { Edits } from "../edits/registerEdits.ts";
import type { LanguageModels } from "../servers/languageModels.ts";
import { createChatEditor } from "./chatEditorActions.ts";
import { ChatView } from "./chatView.ts";
import { EditorWorkspace } from "./editorWorkspace.ts";
import { LastEditor } from "./lastEditor.ts";
import { registerModelProvider } from "./modelProvider.ts";
import { registerParticipant } from "./participant.ts";

export interface ChatOptions {
	/** Where the extension is installed. */
	readonly extensionUri: vscode.Uri;
	/** Where conversations are kept. */
	readonly storageUri: vscode.Uri;
	readonly models: LanguageModels;
	readonly catalog: () => ChatCatalog;
	readonly edits: Edits;
	readonly repository: () => Repository | undefined;
	readonly structure: () => StructureService | undefined;
	readonly copiedIn: CopiedIn;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** What the chat needs of the models that there could be. */
export interface ChatCatalog {
	readonly session: Pick<CatalogSession, "waysOn" | "takeWay">;
	chatShown(): void;
}

export interface Chat {
	/** To be called when the ways to a model that converses may have changed. */
	waysChanged(): void;
	/** Asks in the open conversation, in front of the user; see {@link ChatSession.askPrepared}. */
	ask(question: PreparedAsk, signal: AbortSignal): Promise<ConversationAnswer | undefined>;
	dispose(): void;
}

/** The chat view, `@mote` in the editor's own chat, and Mote's models in the editor's picker. */
export function registerChat(options: ChatOptions): Chat {
	const { models, edits, logger } = options;
	const lastEditor = new LastEditor();
	const workspace = new EditorWorkspace({ ...options, lastEditor });
	const view = new ChatView({
		extensionUri: options.extensionUri,
		receive: (message) => void session.then((opened) => opened.receive(message)),
		onShow: () => options.catalog().chatShown(),
	});
	const opened = openSession(options, workspace, lastEditor, view);
	const session = opened.then((both) => both.session);
	const refresh = (): void => {
		// A page that comes later is told everything.
		if (view.isHeard) {
			void session.then((one) => one.refresh());
		}
	};
	let shownWays = "";
	const registrations = vscode.Disposable.from(
		lastEditor,
		view,
		models.onDidChange(refresh),
		edits.reviews.onDidChange((review) => void session.then((one) => one.reviewChanged(review))),
		edits.reviews.onDidClose(refresh),
		registerParticipant({
			chosenModel: () => models.chosen,
			workspace,
			answerByInfilling: edits.answerByInfilling,
			copiedIn: options.copiedIn,
			lastEditor,
			icon: vscode.Uri.joinPath(options.extensionUri, "media/icon.png"),
			logger,
		}),
		registerModelProvider({ offered: () => models.offered, onDidChange: models.onDidChange }),
		vscode.commands.registerCommand("mote.openChat", async () => {
			await view.show();
			view.send({ kind: "focusInput" });
		}),
		vscode.commands.registerCommand("mote.newChat", async () => {
			await view.show();
			await (await session).receive({ kind: "newConversation" });
			view.send({ kind: "focusInput" });
		}),
	);
	return {
		waysChanged: () => {
			if (models.chat === undefined && view.isHeard) {
				const ways = JSON.stringify(options.catalog().session.waysOn);
				if (ways !== shownWays) {
					shownWays = ways;
					refresh();
				}
			}
		},
		ask: async (question, signal) => {
			await view.show();
			const asked = await session;
			const text = await asked.askPrepared(question, signal);
			return text === undefined ? undefined : { text, conversationId: asked.conversationId };
		},
		dispose: () => {
			registrations.dispose();
			void opened.then(async (both) => {
				await both.session.dispose();
				await both.store.dispose();
			});
		},
	};
}

interface OpenedSession {
	readonly session: ChatSession;
	readonly store: ConversationStore;
}

async function openSession(
	{ storageUri, models, catalog, edits, copiedIn, clock, logger }: ChatOptions,
	workspace: EditorWorkspace,
	lastEditor: LastEditor,
	view: ChatView,
): Promise<OpenedSession> {
	const folder = vscode.Uri.joinPath(storageUri, "conversations").fsPath;
	const store = await ConversationStore.open({ folder, clock, logger });
	const session = new ChatSession({
		workspace,
		editor: createChatEditor({
			lastEditor,
			chooseModel: async () => vscode.commands.executeCommand("mote.chooseModel"),
			takeWay: (wayId) => catalog().session.takeWay(wayId),
			manageModels: async () => vscode.commands.executeCommand("mote.manageModels"),
		}),
		edits: chatEdits(edits),
		store,
		chosenModel: () => models.chosen,
		waysOn: () => catalog().session.waysOn,
		answerByInfilling: edits.answerByInfilling,
		copiedIn,
		clock,
		logger,
		send: (message) => view.send(message),
	});
	return { session, store };
}

function chatEdits(edits: Edits): ChatEdits {
	const { reviews } = edits;
	return {
		reviews: () => reviews.views,
		propose: (block) => edits.applyBlock(block),
		decideHunk: (id, index, accept) => reviews.decideHunk(id, index, accept),
		decideAll: (id, accept) => reviews.decideAll(id, accept),
		show: (id) => reviews.show(id),
		closeAllOf: (conversationId) => reviews.closeAllOf(conversationId),
	};
}
