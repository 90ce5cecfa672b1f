import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import type { ConversationSummary, FromView, ToView } from "../../../chat/messages.ts";
import { iconButton } from "../../dom/buttons.ts";
import { element } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import { relativeTime } from "./relativeTime.ts";

/** A pause in typing after which the search runs. */
const searchDelayMs = 150;

export interface ConversationListOptions {
	readonly send: (message: FromView) => void;
	readonly onClose: () => void;
}

/** The conversations that were kept: search, open, export, delete. */
export class ConversationList {
	readonly element: HTMLElement;
	readonly #options: ConversationListOptions;
	readonly #search = element("vscode-textfield", { type: "search", placeholder: "Search" });
	readonly #list = element("ul", { class: "conversation-list" });
	#conversations: readonly ConversationSummary[] = [];
	#currentId = "";
	#requestId = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(options: ConversationListOptions) {
		this.#options = options;
		this.#search.label = "Search conversations";
		this.#search.append(
			element("span", { slot: "content-before", class: "search-icon" }, icon("search")),
		);
		this.element = element(
			"section",
			{ class: "conversations", "aria-label": "Conversations", hidden: "" },
			this.#search,
			this.#list,
		);
		this.#search.addEventListener("input", () => {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.#ask(), searchDelayMs);
		});
		this.element.addEventListener("keydown", (event) => {
			if (event.key === "Escape") {
				event.stopPropagation();
				this.close();
			}
		});
	}

	get isOpen(): boolean {
		return !this.element.hidden;
	}

	open(): void {
		this.element.hidden = false;
		this.#search.value = "";
		this.#ask();
		void this.#search.updateComplete.then(() => this.#search.focus());
	}

	close(): void {
		if (this.isOpen) {
			this.element.hidden = true;
			this.#options.onClose();
		}
	}

	show(conversations: readonly ConversationSummary[], currentId: string): void {
		if (this.#conversations !== conversations || this.#currentId !== currentId) {
			this.#conversations = conversations;
			this.#currentId = currentId;
			this.#draw();
		}
	}

	/** Whether an answer to a search is the newest one. */
	isCurrent(message: ToView & { kind: "conversations" }): boolean {
		return message.requestId === this.#requestId;
	}

	#ask(): void {
		this.#requestId += 1;
		const query = this.#search.value.slice(0, 500);
		this.#options.send({ kind: "search", requestId: this.#requestId, query });
	}

	#draw(): void {
		const now = Date.now();
		const hadFocus = this.#list.contains(document.activeElement);
		this.#list.replaceChildren(
			...(this.#conversations.length === 0
				? [element("li", { class: "hint" }, "No conversations.")]
				: this.#conversations.map((conversation) => this.#row(conversation, now))),
		);
		if (hadFocus) {
			// The row may be gone.
			this.#search.focus();
		}
	}

	#row(conversation: ConversationSummary, now: number): HTMLElement {
		const { id, title, updatedAt, messageCount } = conversation;
		const isCurrent = id === this.#currentId;
		const count = messageCount === 1 ? "1 message" : `${messageCount} messages`;
		const open = element(
			"button",
			{ type: "button", class: "conversation-open", "aria-current": String(isCurrent) },
			element("span", { class: "conversation-title" }, title),
			element(
				"span",
				{ class: "conversation-detail" },
				`${relativeTime(updatedAt, now)}, ${count}`,
			),
		);
		open.addEventListener("click", () => {
			this.#options.send({ kind: "openConversation", conversationId: id });
			this.close();
		});
		// The editor asks whether it is meant.
		const remove = iconButton("trash", `Delete ${title}`, () =>
			this.#options.send({ kind: "deleteConversation", conversationId: id }),
		);
		return element(
			"li",
			{ class: isCurrent ? "conversation current" : "conversation" },
			open,
			iconButton("export", `Export ${title} as Markdown`, () =>
				this.#options.send({ kind: "exportConversation", conversationId: id }),
			),
			remove,
		);
	}
}
