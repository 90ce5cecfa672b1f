import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ChatSession, type ChatSessionOptions } from "../../src/chat/chatSession.ts";
import type { ChatEditor } from "../../src/chat/chatEditor.ts";
import {
	ConversationStore,
	type StoreLimits,
} from "../../src/chat/conversations/conversationStore.ts";
import type { ChosenModel } from "../../src/chat/infillQuestion.ts";
import type { ConversationView, FromView, MessageView, ToView } from "../../src/chat/messages.ts";
import { eventually } from "./eventually.ts";
import { FakeChatWorkspace } from "./fakeChatWorkspace.ts";
import { FakeClock } from "./fakeClock.ts";
import { recordingLogger } from "./recordingLogger.ts";
import { ScriptedChatModel } from "./scriptedChatModel.ts";

/** What the editor was asked to do. */
class FakeChatEditor implements ChatEditor {
	readonly calls: unknown[][] = [];
	confirms = true;
	/** What every call rejects with. */
	fault: Error | undefined;

	copy(text: string): Promise<void> {
		return this.#record("copy", text);
	}

	insertAtCursor(code: string): Promise<void> {
		return this.#record("insertAtCursor", code);
	}

	chooseModel(): Promise<void> {
		return this.#record("chooseModel");
	}

	takeWay(wayId: string): Promise<void> {
		return this.#record("takeWay", wayId);
	}

	manageModels(): Promise<void> {
		return this.#record("manageModels");
	}

	openLink(href: string): Promise<void> {
		return this.#record("openLink", href);
	}

	openFile(file: string, line: number | undefined): Promise<void> {
		return this.#record("openFile", file, line);
	}

	openMarkdown(markdown: string): Promise<void> {
		return this.#record("openMarkdown", markdown);
	}

	async confirmDelete(title: string): Promise<boolean> {
		await this.#record("confirmDelete", title);
		return this.confirms;
	}

	#record(...call: unknown[]): Promise<void> {
		this.calls.push(call);
		return this.fault === undefined ? Promise.resolve() : Promise.reject(this.fault);
	}
}

type Overrides = Partial<Omit<ChatSessionOptions, "store" | "send" | "workspace" | "editor">>;

/** A chat session with everything around it faked but the store, which writes into a folder of its own. */
export class ChatBench implements AsyncDisposable {
	readonly model: ScriptedChatModel;
	readonly workspace = new FakeChatWorkspace();
	readonly editor = new FakeChatEditor();
	readonly clock = new FakeClock();
	readonly sent: ToView[] = [];
	readonly log: string[];
	chosen: ChosenModel;
	readonly session: ChatSession;

	private constructor(
		readonly folder: string,
		readonly store: ConversationStore,
		overrides: Overrides & { readonly model?: ScriptedChatModel },
		log: string[],
	) {
		this.log = log;
		this.model = overrides.model ?? new ScriptedChatModel();
		this.chosen = { kind: "chat", model: this.model };
		let time = 1_000_000;
		this.session = new ChatSession({
			chosenModel: () => this.chosen,
			clock: this.clock,
			wallTime: () => time++,
			logger: recordingLogger(log),
			...overrides,
			workspace: this.workspace,
			editor: this.editor,
			store,
			send: (message) => this.sent.push(message),
		});
	}

	static async open(
		overrides: Overrides & {
			readonly model?: ScriptedChatModel;
			readonly folder?: string;
			readonly limits?: StoreLimits;
		} = {},
	): Promise<ChatBench> {
		const folder = overrides.folder ?? (await mkdtemp(path.join(tmpdir(), "mote-chat-")));
		const log: string[] = [];
		const store = await ConversationStore.open({
			folder,
			clock: new FakeClock(),
			logger: recordingLogger(log),
			...(overrides.limits === undefined ? {} : { limits: overrides.limits }),
		});
		return new ChatBench(folder, store, overrides, log);
	}

	/** A message of the view, which is dealt with when it resolves. */
	view(message: FromView): Promise<void> {
		return this.session.receive(message);
	}

	/** Asks, and has the model answer. */
	async ask(text: string, answer = "An answer."): Promise<void> {
		this.model.enqueue({ kind: "answer", text: answer });
		await this.view({ kind: "send", text });
	}

	/** Asks, and returns while the model still writes: `text` has reached the session. */
	async askAndHold(text: string, answer = "Some"): Promise<{ readonly ended: Promise<void> }> {
		this.model.enqueue({ kind: "hold", text: answer });
		const ended = this.view({ kind: "send", text });
		await this.clock.advance(1);
		await eventually(() => this.session.state().isAnswering && this.model.active === 1);
		for (let frame = 0; frame < 5; frame++) {
			await this.clock.advance(20);
		}
		return { ended };
	}

	get conversation(): ConversationView {
		return this.session.state().conversation;
	}

	get messages(): readonly MessageView[] {
		return this.conversation.messages;
	}

	get last(): MessageView | undefined {
		return this.messages.at(-1);
	}

	/** The content of the last message of the last prompt. */
	get lastPrompt(): string {
		return this.model.requests.at(-1)?.messages.at(-1)?.content ?? "";
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.session.dispose();
		await this.store.dispose();
		await rm(this.folder, { recursive: true, force: true });
	}
}
