import type { ChatViewState, FromView, ToView } from "../../chat/messages.ts";
import { initialState, reduce } from "./chatState.ts";
import { Composer } from "./composer/composer.ts";
import { HandoverBar } from "./composer/handoverBar.ts";
import { ConversationList } from "./conversations/conversationList.ts";
import { Announcer } from "../dom/announcer.ts";
import { iconButton } from "../dom/buttons.ts";
import { element, setText } from "../dom/element.ts";
import { Frames } from "../dom/frames.ts";
import { emptyState } from "./emptyState.ts";
import { announcementFor } from "./announcements.ts";
import type { KeptState } from "./keptState.ts";
import { AnswerBody } from "./markdown/answerBody.ts";
import { createMarkdown } from "./markdown/parser.ts";
import { AnswerElement } from "./messages/answerElement.ts";
import { FollowScroll } from "./messages/followScroll.ts";
import { MessageList } from "./messages/messageList.ts";
import { QuestionElement } from "./messages/questionElement.ts";
import { ReviewPanel } from "./review/reviewPanel.ts";

export interface ChatViewOptions {
	readonly send: (message: FromView) => void;
	readonly keep: (state: KeptState) => void;
	readonly kept: KeptState;
}

/** How long a notice stays on the screen. */
const noticeMs = 6000;

/** The whole view. What it knows is in {@link ChatViewState}; this draws it and sends what a person does. */
export class ChatView {
	readonly #options: ChatViewOptions;
	readonly #announcer = new Announcer();
	readonly #frames = new Frames(() => this.#scroll.keep());
	readonly #markdown = createMarkdown();
	readonly #title = element("h2", { class: "conversation-name" });
	readonly #history = iconButton("history", "Conversations", () => this.#toggleConversations());
	readonly #notice = element("p", { class: "notice", dir: "auto", hidden: "" });
	readonly #empty = element("div");
	readonly #messages = new MessageList((message) =>
		message.role === "user"
			? new QuestionElement(message, this.#messageActions)
			: new AnswerElement(message, this.#answerBody(message.id), this.#messageActions),
	);
	readonly #scroll: FollowScroll;
	readonly #reviews: ReviewPanel;
	readonly #composer: Composer;
	readonly #handover = new HandoverBar({
		onShare: (server) => this.#share(server),
		onStartNew: () => this.#newConversation(),
	});
	/** What a person wanted before the handover was decided about. */
	#held: (() => void) | undefined;
	readonly #conversations: ConversationList;
	#state: ChatViewState = initialState;
	#isKnown = false;
	/** What the empty state was made of; "" while it isn't shown. */
	#shownEmpty = "";
	#noticeTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(host: HTMLElement, options: ChatViewOptions) {
		this.#options = options;
		const { send } = options;
		this.#scroll = new FollowScroll([this.#empty, this.#messages.element], () => this.#keep());
		this.#reviews = new ReviewPanel(send);
		this.#composer = new Composer({
			send,
			onDraftChange: () => this.#keep(),
			onSend: () => this.#scroll.follow(),
			isHeld: () => this.#isHeld(() => this.#composer.send()),
		});
		this.#conversations = new ConversationList({ send, onClose: () => this.#showConversations() });
		host.replaceChildren(
			element(
				"header",
				{ class: "top-bar" },
				this.#title,
				this.#history,
				iconButton("add", "New conversation", () => this.#newConversation()),
			),
			this.#conversations.element,
			this.#scroll.element,
			this.#reviews.element,
			this.#notice,
			this.#handover.element,
			this.#composer.element,
			this.#announcer.element,
		);
		this.#showConversations();
		this.#composer.setDraft(options.kept.draft, options.kept.caret);
	}

	receive(message: ToView): void {
		if (message.kind === "conversations" && !this.#conversations.isCurrent(message)) {
			return;
		}
		const before = this.#state;
		this.#state = reduce(before, message);
		const sentence = announcementFor(before, message);
		if (sentence !== undefined) {
			this.#announcer.announce(sentence);
		}
		switch (message.kind) {
			case "delta":
				this.#append(message.messageId, message.text);
				break;
			case "notice":
				this.#showNotice(message.text);
				break;
			case "focusInput":
				this.#focusInput(message.text);
				break;
			case "suggestions":
			case "measured":
				this.#composer.receive(message);
				break;
			case "state":
			case "message":
			case "review":
			case "conversations":
				this.#draw(before.conversation.id);
		}
	}

	#append(messageId: string, text: string): void {
		const message = this.#state.conversation.messages.find(({ id }) => id === messageId);
		if (message !== undefined) {
			this.#messages.append(message, text);
		}
	}

	#draw(shownConversationId: string): void {
		const { conversation, conversations, model, noModelReason, isAnswering, reviews } = this.#state;
		const isOther = this.#isKnown && conversation.id !== shownConversationId;
		if (isOther) {
			this.#held = undefined;
		}
		this.#handover.show(isAnswering ? undefined : this.#state.handover);
		setText(this.#title, conversation.title === "" ? "New conversation" : conversation.title);
		this.#title.title = conversation.title;
		const isEmpty = conversation.messages.length === 0;
		this.#scroll.hasEnd = !isEmpty;
		this.#drawEmpty(isEmpty);
		this.#messages.show(conversation.messages);
		this.#reviews.show(reviews);
		this.#conversations.show(conversations, conversation.id);
		this.#composer.show(model, isEmpty ? undefined : noModelReason, isAnswering);
		if (isOther) {
			this.#scroll.follow();
		}
		this.#scroll.keep();
		if (!this.#isKnown) {
			this.#isKnown = true;
			this.#restoreScroll();
		}
	}

	/** Only where it says something else: while a model is installed it changes with each part of a hundred. */
	#drawEmpty(isEmpty: boolean): void {
		const { model, noModelReason, waysOn } = this.#state;
		const shown = isEmpty ? JSON.stringify({ model, noModelReason, waysOn }) : "";
		if (shown === this.#shownEmpty) {
			return;
		}
		this.#shownEmpty = shown;
		const buttons = (): readonly HTMLElement[] => [...this.#empty.querySelectorAll("button")];
		const focused = buttons().findIndex((button) => button === document.activeElement);
		this.#empty.replaceChildren(
			...(isEmpty
				? [
						emptyState(this.#state, {
							onExample: (text) => this.#focusInput(text),
							onTakeWay: (wayId) => this.#options.send({ kind: "takeWay", wayId }),
						}),
					]
				: []),
		);
		buttons()[focused]?.focus();
	}

	/** After the frames in which the messages are drawn; before that there is nowhere to scroll to. */
	#restoreScroll(): void {
		const { scrollTop } = this.#options.kept;
		if (scrollTop !== undefined) {
			requestAnimationFrame(() => requestAnimationFrame(() => this.#scroll.restore(scrollTop)));
		}
	}

	#answerBody(messageId: string): AnswerBody {
		return new AnswerBody({
			markdown: this.#markdown,
			frames: this.#frames,
			onCodeAction: (kind, blockIndex) => this.#options.send({ kind, messageId, blockIndex }),
			onOpenLink: (target) =>
				this.#options.send(
					target.kind === "web"
						? { kind: "openLink", href: target.href }
						: {
								kind: "openFile",
								path: target.path,
								...(target.line === undefined ? {} : { line: target.line }),
							},
				),
		});
	}

	readonly #messageActions = {
		manageModels: (): void => this.#options.send({ kind: "manageModels" }),
		copy: (messageId: string): void => this.#options.send({ kind: "copyMessage", messageId }),
		regenerate: (messageId: string): void => this.#ask({ kind: "regenerate", messageId }),
		resend: (messageId: string, text: string): void =>
			this.#ask({ kind: "resend", messageId, text }),
	};

	#ask(message: FromView): void {
		if (!this.#isHeld(() => this.#ask(message))) {
			this.#options.send(message);
			this.#scroll.follow();
		}
	}

	/** While earlier messages would go to another server, nothing is asked: `action` follows the decision. */
	#isHeld(action: () => void): boolean {
		if (this.#state.handover === undefined) {
			return false;
		}
		this.#held = action;
		this.#handover.focus();
		return true;
	}

	#share(server: string): void {
		this.#options.send({ kind: "shareEarlier", server });
		this.#state = { ...this.#state, handover: undefined };
		this.#handover.show(undefined);
		this.#composer.focus();
		const held = this.#held;
		this.#held = undefined;
		held?.();
	}

	#toggleConversations(): void {
		if (this.#conversations.isOpen) {
			this.#conversations.close();
		} else {
			this.#conversations.open();
			this.#showConversations();
		}
	}

	/** The list takes the place of the conversation while it is open. */
	#showConversations(): void {
		const { isOpen } = this.#conversations;
		this.#scroll.element.hidden = isOpen;
		this.#history.setAttribute("aria-expanded", String(isOpen));
		if (!isOpen) {
			this.#scroll.keep();
			if (this.#isKnown) {
				this.#history.focus();
			}
		}
	}

	#newConversation(): void {
		this.#conversations.close();
		this.#options.send({ kind: "newConversation" });
		this.#composer.focus();
	}

	#focusInput(text: string | undefined): void {
		this.#conversations.close();
		if (text !== undefined) {
			this.#composer.setDraft(text, text.length);
		}
		this.#composer.focus();
	}

	#showNotice(text: string): void {
		clearTimeout(this.#noticeTimer);
		setText(this.#notice, text);
		this.#notice.hidden = false;
		this.#noticeTimer = setTimeout(() => {
			this.#notice.hidden = true;
		}, noticeMs);
	}

	#keep(): void {
		this.#options.keep({
			draft: this.#composer.draft,
			caret: this.#composer.caret,
			scrollTop: this.#scroll.scrollTop,
		});
	}
}
