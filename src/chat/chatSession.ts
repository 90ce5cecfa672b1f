import { assertNever } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";
import type { ChatModel } from "../languageModel/languageModel.ts";
import type { ChatEditor, ChatEdits, QuestionTarget } from "./chatEditor.ts";
import type { ChatWorkspace } from "./chatWorkspace.ts";
import type { CopiedIn } from "./copiedNotes.ts";
import { conversationView, turnsOf } from "./conversations/conversation.ts";
import type { ConversationStore } from "./conversations/conversationStore.ts";
import { editorAction, type EditorMessage } from "./editorActions.ts";
import { guardWorkspace } from "./guardedWorkspace.ts";
import type { AnswerByInfilling, ChosenModel } from "./infillQuestion.ts";
import { measureDraft } from "./measureDraft.ts";
import {
	fromViewSchema,
	type ChatViewState,
	type FromView,
	type ReviewView,
	type ToView,
	type WayOnView,
} from "./messages.ts";
import { modelState } from "./modelState.ts";
import { OpenConversation } from "./openConversation.ts";
import { promptHistory } from "./promptHistory.ts";
import { suggestCommands, suggestMentions } from "./suggestions.ts";
import { TokenCounter } from "./tokenCounter.ts";

export interface ChatSessionOptions {
	readonly workspace: ChatWorkspace;
	readonly editor: ChatEditor;
	readonly edits?: ChatEdits | undefined;
	/** Outlives the session, which doesn't dispose of it. */
	readonly store: ConversationStore;
	/** Asked anew for each question. */
	readonly chosenModel: () => ChosenModel;
	readonly answerByInfilling?: AnswerByInfilling | undefined;
	/** Asked about code in answers, after they are complete. */
	readonly copiedIn?: CopiedIn | undefined;
	/** Asked while nothing converses. */
	readonly waysOn?: (() => readonly WayOnView[]) | undefined;
	readonly clock: Clock;
	/** Milliseconds since 1970; only for people to see. */
	readonly wallTime?: () => number;
	readonly logger: Logger;
	/** May drop messages while no view is there: a new one says `ready` and gets all of the state. */
	readonly send: (message: ToView) => void;
}

type QuickMessage = Extract<FromView, { kind: "search" | "suggest" | "measure" }>;

export interface PreparedAsk {
	/** What the conversation shows as the question. */
	readonly text: string;
	/** What the model reads instead; without one, what the question says and points at. */
	readonly prompt?: string | undefined;
	/** The code that it is about, where that isn't what is marked now. */
	readonly target?: QuestionTarget | undefined;
	/** What a conversation that begins with it is called. */
	readonly title: string;
}

/**
 * The conversations of one window: takes the view's messages, has a model answer, keeps what was said. What
 * changes the open conversation happens one after the other, and stops the answer that is being written.
 */
export class ChatSession {
	readonly #options: ChatSessionOptions;
	readonly #workspace: ChatWorkspace;
	readonly #open: OpenConversation;
	/** Of the change under way or waiting that came last. */
	#latest = new AbortController();
	#changes: Promise<void> = Promise.resolve();
	/** A newer question of the same kind makes the older one pointless. */
	readonly #quick = new Map<QuickMessage["kind"], AbortController>();
	#counter: { readonly model: ChatModel; readonly counter: TokenCounter } | undefined;
	#isDisposed = false;

	constructor(options: ChatSessionOptions) {
		this.#options = options;
		this.#workspace = guardWorkspace(options.workspace);
		this.#open = new OpenConversation({
			...options,
			workspace: this.#workspace,
			wallTime: options.wallTime ?? Date.now,
			counterOf: (model) => this.#counterOf(model),
			onReplaced: () => this.refresh(),
		});
	}

	/** Takes a message of the view, which is checked here. Never rejects; resolves when it has been dealt with. */
	async receive(raw: unknown): Promise<void> {
		const parsed = fromViewSchema.safeParse(raw);
		if (!parsed.success) {
			this.#options.logger.warn("The chat view sent a message that has no known form.");
			return;
		}
		await this.#guarded(() => this.#handle(parsed.data));
	}

	/**
	 * Asks in the open conversation, or in a new one, for a command of the editor: always in a new one when
	 * earlier messages would otherwise go to a server that didn't have them. Never rejects.
	 */
	async ask(text: string, options: { readonly newConversation?: boolean } = {}): Promise<void> {
		await this.#guarded(() =>
			this.#exclusive(async (signal) => {
				if (options.newConversation === true || this.#open.handover() !== undefined) {
					this.#open.startNew();
				}
				await this.#open.ask(this.#open.turns(), { text }, signal);
			}),
		);
	}

	/**
	 * Asks a question whose prompt was made elsewhere, with its material and within the budget. Resolves with the
	 * answer's Markdown, or undefined when it was stopped or failed; the signal stops it. Never rejects.
	 */
	async askPrepared(question: PreparedAsk, signal: AbortSignal): Promise<string | undefined> {
		const answer = await this.#guarded(() =>
			this.#exclusive((stopped) => {
				if (this.#open.handover() !== undefined) {
					this.#open.startNew();
				}
				return this.#open.ask(this.#open.turns(), question, AbortSignal.any([signal, stopped]));
			}),
		);
		return answer?.status.kind === "complete" || answer?.status.kind === "cut"
			? answer.text
			: undefined;
	}

	/** Puts the caret into the view's input, with `text` in it. */
	prefill(text: string): void {
		this.#send({ kind: "focusInput", text });
	}

	/** The one that the view shows. */
	get conversationId(): string {
		return this.#open.id;
	}

	/** To be called when something about a review has changed: the view is told if it belongs there. */
	reviewChanged(review: ReviewView): void {
		if (this.#isShown(review)) {
			this.#send({ kind: "review", review });
		}
	}

	/** To be called when the model, the reason for none, or which reviews there are has changed. */
	refresh(): void {
		this.#send({ kind: "state", state: this.state() });
	}

	state(): ChatViewState {
		const chosen = this.#options.chosenModel();
		return {
			conversation: conversationView(this.#open.asSent()),
			conversations: this.#options.store.summaries(),
			...modelState(chosen),
			waysOn: chosen.kind === "chat" ? [] : (this.#options.waysOn?.() ?? []),
			isAnswering: this.#open.isWriting,
			reviews: (this.#options.edits?.reviews() ?? []).filter((review) => this.#isShown(review)),
			handover: this.#open.handover(),
		};
	}

	/** Stops the answer and resolves when all is in the store. */
	async dispose(): Promise<void> {
		this.#isDisposed = true;
		this.#latest.abort();
		for (const controller of this.#quick.values()) {
			controller.abort();
		}
		await this.#changes;
	}

	async #handle(message: FromView): Promise<void> {
		switch (message.kind) {
			case "ready":
				this.refresh();
				return;
			case "send":
				return this.#exclusive((signal) => this.#askOrHandBack(message.text, signal));
			case "shareEarlier":
				return this.#exclusive(() => this.#open.shareWith(message.server));
			case "stop":
				this.#latest.abort();
				return;
			case "regenerate":
				return this.#exclusive((signal) => this.#open.regenerate(message.messageId, signal));
			case "resend":
				return this.#exclusive((signal) =>
					this.#open.resend(message.messageId, message.text, signal),
				);
			case "newConversation":
				return this.#exclusive(() => this.#open.startNew());
			case "openConversation":
				return this.#openStored(message.conversationId);
			case "deleteConversation":
				return this.#delete(message.conversationId);
			case "search":
			case "suggest":
			case "measure":
				return this.#answerQuickly(message);
			case "copyBlock":
			case "copyMessage":
			case "insertBlock":
			case "applyBlock":
			case "decideHunk":
			case "decideAll":
			case "showReview":
			case "exportConversation":
			case "chooseModel":
			case "takeWay":
			case "manageModels":
			case "openLink":
			case "openFile":
				return this.#actInEditor(message);
			default:
				return assertNever(message);
		}
	}

	/** A question that can't be asked yet goes back into the input: the model was changed at the same moment. */
	async #askOrHandBack(text: string, signal: AbortSignal): Promise<void> {
		if (this.#open.handover() !== undefined) {
			this.refresh();
			this.prefill(text);
			return;
		}
		await this.#open.ask(this.#open.turns(), { text }, signal);
	}

	async #openStored(id: string): Promise<void> {
		if (id === this.#open.id) {
			this.refresh();
			return;
		}
		await this.#exclusive(() => {
			const stored = this.#options.store.get(id);
			if (stored === undefined) {
				this.#notice("This conversation is not there any more.");
			}
			this.#open.show(stored);
		});
	}

	async #delete(id: string): Promise<void> {
		const { store, editor, edits } = this.#options;
		const title = store.get(id)?.title;
		if (title === undefined || !(await editor.confirmDelete(title))) {
			return;
		}
		if (id === this.#open.id) {
			await this.#exclusive(() => {
				store.delete(id);
				this.#open.forget(id);
			});
		} else {
			store.delete(id);
			this.refresh();
		}
		await edits?.closeAllOf(id);
	}

	/** What another conversation proposed is shown there again; until then it is only in its diff. */
	#isShown({ conversationId }: ReviewView): boolean {
		return conversationId === undefined || conversationId === this.#open.id;
	}

	async #answerQuickly(message: QuickMessage): Promise<void> {
		this.#quick.get(message.kind)?.abort();
		const controller = new AbortController();
		this.#quick.set(message.kind, controller);
		const answer = await this.#quickAnswer(message, controller.signal);
		if (!controller.signal.aborted) {
			this.#send(answer);
		}
	}

	async #quickAnswer(message: QuickMessage, signal: AbortSignal): Promise<ToView> {
		const { requestId } = message;
		switch (message.kind) {
			case "search":
				return {
					kind: "conversations",
					requestId,
					conversations: this.#options.store.search(message.query),
				};
			case "suggest": {
				const items =
					message.trigger === "/"
						? suggestCommands(message.query)
						: await suggestMentions(message.query, this.#workspace, signal);
				return { kind: "suggestions", requestId, items };
			}
			case "measure": {
				const chosen = this.#options.chosenModel();
				const conversation = this.#open.asSent();
				const history = promptHistory(conversation, turnsOf(conversation), undefined, chosen);
				const meter = await measureDraft(
					{
						text: message.text,
						...history,
						chosen,
						counterOf: (model) => this.#counterOf(model),
						workspace: this.#workspace,
					},
					signal,
				);
				return { kind: "measured", requestId, meter };
			}
		}
	}

	async #actInEditor(message: EditorMessage): Promise<void> {
		const { editor, edits, store } = this.#options;
		const conversation =
			message.kind === "exportConversation" && message.conversationId !== this.#open.id
				? store.get(message.conversationId)
				: this.#open.asSent();
		const answers = await editorAction(message, { editor, edits, conversation });
		answers.forEach((answer) => this.#send(answer));
	}

	/**
	 * Changes of the conversation, one after the other. A new one stops those before it, so that nobody waits
	 * for an answer that is not wanted any more.
	 */
	async #exclusive<Result>(
		change: (signal: AbortSignal) => Promise<Result> | Result,
	): Promise<Result | undefined> {
		this.#latest.abort();
		const controller = new AbortController();
		this.#latest = controller;
		if (this.#isDisposed) {
			return undefined;
		}
		const changed = this.#changes.then(() => change(controller.signal));
		this.#changes = changed.then(
			() => undefined,
			() => undefined,
		);
		return changed;
	}

	/** A fault is told, where a person can mend it in its own words. */
	async #guarded<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
		try {
			return await action();
		} catch (error) {
			if (error instanceof UserError) {
				this.#notice(error.message);
				return undefined;
			}
			this.#options.logger.error(`The chat failed: ${String(error)}`);
			this.#notice("That did not work because of an error in Mote; its log says more.");
			return undefined;
		}
	}

	#counterOf(model: ChatModel): TokenCounter {
		if (this.#counter?.model !== model) {
			this.#counter = { model, counter: new TokenCounter(model) };
		}
		return this.#counter.counter;
	}

	#notice(text: string): void {
		this.#send({ kind: "notice", text });
	}

	#send(message: ToView): void {
		this.#options.send(message);
	}
}
