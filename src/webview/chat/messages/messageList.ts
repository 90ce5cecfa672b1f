import type { MessageView } from "../../../chat/messages.ts";
import { element } from "../../dom/element.ts";
import type { MessageElement } from "./messageElement.ts";

/** The conversation from its first message to its last. Messages that did not change are left alone. */
export class MessageList {
	/**
	 * A log, but a silent one: the announcer says when an answer begins and ends. Each of its changes would
	 * otherwise be spoken.
	 */
	readonly element = element("div", {
		class: "messages",
		role: "log",
		"aria-live": "off",
		"aria-label": "Conversation",
	});
	readonly #create: (message: MessageView) => MessageElement;
	readonly #shown = new Map<string, { message: MessageView; view: MessageElement }>();

	constructor(create: (message: MessageView) => MessageElement) {
		this.#create = create;
	}

	show(messages: readonly MessageView[]): void {
		const ids = new Set(messages.map(({ id }) => id));
		for (const [id, { view }] of this.#shown) {
			if (!ids.has(id)) {
				view.dispose();
				view.element.remove();
				this.#shown.delete(id);
			}
		}
		for (const [index, message] of messages.entries()) {
			const view = this.#showOne(message);
			const before = this.element.children[index];
			if (before !== view.element) {
				this.element.insertBefore(view.element, before ?? null);
			}
			view.setLast(index === messages.length - 1);
		}
	}

	/** `message` is what the answer is after `text` was added to it. */
	append(message: MessageView, text: string): void {
		const shown = this.#shown.get(message.id);
		if (shown !== undefined) {
			shown.message = message;
			shown.view.append(text);
		}
	}

	#showOne(message: MessageView): MessageElement {
		const shown = this.#shown.get(message.id);
		if (shown === undefined) {
			const view = this.#create(message);
			this.#shown.set(message.id, { message, view });
			return view;
		}
		if (shown.message !== message) {
			shown.message = message;
			shown.view.update(message);
		}
		return shown.view;
	}
}
