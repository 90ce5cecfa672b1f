import { randomUUID } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";
import type { ChatModel } from "../languageModel/languageModel.ts";
import { answerTurn } from "./answerTurn.ts";
import { answerTemperature, regenerateTemperature } from "./chatPrompt.ts";
import type { ChatWorkspace } from "./chatWorkspace.ts";
import {
	emptyConversation,
	maxMessages,
	messageView,
	titleOf,
	turnsOf,
	withTurns,
	type Answer,
	type Conversation,
	type Question,
	type Turn,
} from "./conversations/conversation.ts";
import type { ConversationStore } from "./conversations/conversationStore.ts";
import { copiedNotes, type CopiedIn } from "./copiedNotes.ts";
import { DeltaBuffer } from "./deltaBuffer.ts";
import { handoverOf, serverOf, sharedWith, withServer } from "./handover.ts";
import type { QuestionTarget } from "./chatEditor.ts";
import type { AnswerByInfilling, ChosenModel } from "./infillQuestion.ts";
import type { HandoverView, ToView } from "./messages.ts";
import { promptHistory } from "./promptHistory.ts";
import { withoutReasoning } from "./reasoning.ts";
import type { TokenCounter } from "./tokenCounter.ts";

export interface OpenConversationOptions {
	readonly store: ConversationStore;
	/** A guarded one. */
	readonly workspace: ChatWorkspace;
	readonly chosenModel: () => ChosenModel;
	readonly counterOf: (model: ChatModel) => TokenCounter;
	readonly answerByInfilling?: AnswerByInfilling | undefined;
	readonly copiedIn?: CopiedIn | undefined;
	readonly clock: Clock;
	readonly wallTime: () => number;
	readonly logger: Logger;
	readonly send: (message: ToView) => void;
	/** More has changed than single messages say. */
	readonly onReplaced: () => void;
}

export interface AskedQuestion {
	readonly text: string;
	/** What the model reads, when somebody has made it already. */
	readonly prompt?: string | undefined;
	/** The code that it is about, when somebody has chosen it already. */
	readonly target?: QuestionTarget | undefined;
	/** What a conversation that begins with this question is called; without one, what the question says. */
	readonly title?: string | undefined;
}

/** The conversation that the view shows. One change at a time: whoever calls sees to it. */
export class OpenConversation {
	readonly #options: OpenConversationOptions;
	#conversation: Conversation;
	/** The answer that is being written. */
	#writing: { readonly answerId: string; readonly deltas: DeltaBuffer } | undefined;

	/** Opens the conversation that was changed last. */
	constructor(options: OpenConversationOptions) {
		this.#options = options;
		const [latest] = options.store.summaries();
		this.#conversation = (latest && options.store.get(latest.id)) ?? this.#empty();
	}

	get id(): string {
		return this.#conversation.id;
	}

	get isWriting(): boolean {
		return this.#writing !== undefined;
	}

	turns(): Turn[] {
		return turnsOf(this.#conversation);
	}

	/** The conversation as the view knows it: with as much of the answer as was sent. */
	asSent(): Conversation {
		const writing = this.#writing;
		return writing === undefined
			? this.#conversation
			: {
					...this.#conversation,
					messages: this.#conversation.messages.map((message) =>
						message.id === writing.answerId && message.role === "assistant"
							? { ...message, text: writing.deltas.sent }
							: message,
					),
				};
	}

	/** What has to be agreed to before the next question; undefined when it can just be asked. */
	handover(): HandoverView | undefined {
		return handoverOf(this.turns(), this.#options.chosenModel());
	}

	/** A person agrees; nothing happens when another server would answer by now. */
	shareWith(server: string): void {
		if (server === serverOf(this.#options.chosenModel())) {
			this.#keep(sharedWith(this.turns(), server));
		}
		this.#options.onReplaced();
	}

	/** Shows another conversation; undefined shows the same one again. */
	show(conversation: Conversation | undefined): void {
		this.#conversation = conversation ?? this.#conversation;
		this.#options.onReplaced();
	}

	startNew(): void {
		this.show(this.#empty());
	}

	/** The conversation was deleted: it must not come back with the next question. */
	forget(id: string): void {
		this.show(id === this.id ? this.#empty() : undefined);
	}

	/**
	 * Asks behind these turns, and forgets what stood there. A blank text asks nothing. Rejects with a UserError
	 * while these turns would go to a server without anybody having agreed.
	 */
	async ask(
		before: readonly Turn[],
		{ text, prompt, target, title = text }: AskedQuestion,
		signal: AbortSignal,
	): Promise<Answer | undefined> {
		if (text.trim() === "") {
			return undefined;
		}
		const chosen = this.#chosenFor(before);
		if (before.length === 0) {
			this.#conversation = { ...this.#conversation, title: titleOf(title) };
		}
		const asked: Question = { role: "user", id: randomUUID(), text, prompt, target };
		return this.#answer(before, asked, { chosen, temperature: answerTemperature }, signal);
	}

	/** Only the last question is answered again: what came after another one would be lost. */
	async regenerate(messageId: string, signal: AbortSignal): Promise<void> {
		const turns = this.turns();
		const last = turns.at(-1);
		if (last?.answer.id === messageId || last?.question.id === messageId) {
			const chosen = this.#chosenFor(turns);
			const how = { chosen, temperature: regenerateTemperature };
			await this.#answer(turns.slice(0, -1), last.question, how, signal);
		}
	}

	async resend(questionId: string, text: string, signal: AbortSignal): Promise<void> {
		const turns = this.turns();
		const index = turns.findIndex(({ question }) => question.id === questionId);
		if (index >= 0) {
			await this.ask(turns.slice(0, index), { text }, signal);
		}
	}

	/** The model that answers now: looked up once, so that what was agreed to is what is done. */
	#chosenFor(turns: readonly Turn[]): ChosenModel {
		const chosen = this.#options.chosenModel();
		const handover = handoverOf(turns, chosen);
		if (handover !== undefined) {
			throw new UserError(
				"notAgreed",
				`Nothing was sent: agree first that earlier messages go to ${handover.server}, or start a new conversation.`,
			);
		}
		return chosen;
	}

	async #answer(
		allBefore: readonly Turn[],
		asked: Question,
		{ chosen, temperature }: { readonly chosen: ChosenModel; readonly temperature: number },
		signal: AbortSignal,
	): Promise<Answer> {
		const { clock, send } = this.#options;
		const server = serverOf(chosen);
		const before = allBefore.slice(-maxTurnsBefore);
		const isAppended =
			before.length > 0 && 2 * before.length === this.#conversation.messages.length;
		let question =
			server === undefined ? asked : { ...asked, servers: withServer(asked.servers, server) };
		let answer: Answer = {
			role: "assistant",
			id: randomUUID(),
			text: "",
			status: { kind: "writing" },
		};
		const deltas = new DeltaBuffer({
			clock,
			send: (text) => send({ kind: "delta", messageId: answer.id, text }),
		});
		this.#writing = { answerId: answer.id, deltas };
		this.#keep([...before, { question, answer }]);
		if (isAppended) {
			send({ kind: "message", message: messageView(question) });
			send({ kind: "message", message: messageView(answer) });
		} else {
			this.#options.onReplaced();
		}
		const history = promptHistory(this.#conversation, before, question.id, chosen);
		const { past, firstTurn } = history;
		const status = await answerTurn(
			{
				...this.#options,
				question,
				past,
				firstTurn,
				temperature,
				chosen,
				onPrepared: ({ prompt, meter, target, firstTurn: first }) => {
					const { id } = question;
					question = { ...question, prompt, meter, target };
					this.#keep([...before, { question, answer }], {
						promptStart: history.pastIds[first] ?? id,
						promptModel: chosen.kind === "none" ? undefined : chosen.model.description.id,
					});
					send({ kind: "message", message: messageView(question) });
				},
				onAnswerer: ({ name, place }) => {
					if (answer.modelName !== name || answer.modelPlace !== place) {
						answer = { ...answer, modelName: name.slice(0, maxModelName), modelPlace: place };
						send({ kind: "message", message: messageView({ ...answer, text: deltas.sent }) });
					}
				},
				onText: (text) => deltas.add(text),
			},
			signal,
		);
		deltas.flush();
		answer = { ...answer, text: withoutReasoning(deltas.sent).toWellFormed(), status };
		this.#writing = undefined;
		this.#keep([...before, { question, answer }]);
		send({ kind: "message", message: messageView(answer) });
		// Another model was chosen meanwhile.
		if (this.handover() !== undefined) {
			this.#options.onReplaced();
		}
		return this.#withNotes(answer, question, signal);
	}

	/** Adds what is to be said of its code, while it is still the last answer. */
	async #withNotes(answer: Answer, question: Question, signal: AbortSignal): Promise<Answer> {
		const { workspace, copiedIn, send } = this.#options;
		// What the index shows is code of the workspace, and says so.
		const code = answer.modelPlace === "index" ? "" : answer.text;
		const path = question.target?.path ?? workspace.activeDocument()?.path;
		const notes = await copiedNotes(code, path, copiedIn, signal);
		const turns = this.turns();
		if (notes.length === 0 || signal.aborted || turns.at(-1)?.answer.id !== answer.id) {
			return answer;
		}
		const noted = { ...answer, notes: [...notes] };
		this.#keep([...turns.slice(0, -1), { question, answer: noted }]);
		send({ kind: "message", message: messageView(noted) });
		return noted;
	}

	/** The conversation becomes these turns, here and in the store, which may drop its oldest parts. */
	#keep(turns: readonly Turn[], prompt?: Pick<Conversation, "promptStart" | "promptModel">): void {
		const changed = withTurns(
			{ ...this.#conversation, ...prompt },
			turns,
			this.#options.wallTime(),
		);
		this.#conversation = this.#options.store.put(changed);
		if (this.#conversation.messages.length < changed.messages.length) {
			this.#options.onReplaced();
		}
	}

	/** It isn't kept before something is said in it. */
	#empty(): Conversation {
		return emptyConversation(randomUUID(), this.#options.wallTime());
	}
}

const maxTurnsBefore = maxMessages / 2 - 1;
const maxModelName = 500;
