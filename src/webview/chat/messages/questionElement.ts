import type { MessageView } from "../../../chat/messages.ts";
import { iconButton, showDone, textButton } from "../../dom/buttons.ts";
import { element } from "../../dom/element.ts";
import type { MessageActions, MessageElement } from "./messageElement.ts";
import { messageMeter } from "./meterView.ts";

/** What a person asked. It can be changed and sent again, which forgets what came after it. */
export class QuestionElement implements MessageElement {
	readonly element: HTMLElement;
	readonly #content = element("div");
	readonly #meter = element("div");
	readonly #buttons = element("div", { class: "message-buttons" });
	readonly #edit: HTMLButtonElement;
	readonly #actions: MessageActions;
	#message: MessageView;

	constructor(message: MessageView, actions: MessageActions) {
		this.#message = message;
		this.#actions = actions;
		const author = element("h3", { class: "visually-hidden", id: `author-${message.id}` }, "You");
		const copy = iconButton("copy", "Copy question", () => {
			actions.copy(message.id);
			showDone(copy, "copy");
		});
		this.#edit = iconButton("edit", "Edit and send again", () => this.#startEditing());
		this.#buttons.append(copy, this.#edit);
		this.element = element(
			"article",
			{ class: "message question", "aria-labelledby": author.id, tabindex: "-1" },
			author,
			this.#content,
			element("div", { class: "question-footer" }, this.#buttons, this.#meter),
		);
		this.update(message);
	}

	update(message: MessageView): void {
		this.#message = message;
		this.#showText();
		this.#meter.replaceChildren(
			...(message.meter === undefined ? [] : [messageMeter(message.meter)]),
		);
	}

	append(text: string): void {
		this.update({ ...this.#message, text: this.#message.text + text });
	}

	setLast(): void {
		// A question looks the same wherever it stands.
	}

	dispose(): void {
		// Nothing of it waits for a frame.
	}

	#showText(): void {
		this.#buttons.hidden = false;
		this.#content.replaceChildren(
			element("p", { class: "question-text", dir: "auto" }, this.#message.text),
		);
	}

	#startEditing(): void {
		const input = element("textarea", {
			class: "question-editor",
			dir: "auto",
			rows: "3",
			"aria-label": "Edit question",
		});
		input.value = this.#message.text;
		const close = (): void => {
			this.#showText();
			this.#edit.focus();
		};
		const send = (): void => {
			const text = input.value.trim();
			if (text !== "") {
				this.#actions.resend(this.#message.id, text);
				close();
			}
		};
		input.addEventListener("keydown", (event) => {
			if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
				event.preventDefault();
				send();
			} else if (event.key === "Escape") {
				event.stopPropagation();
				close();
			}
		});
		this.#buttons.hidden = true;
		this.#content.replaceChildren(
			input,
			element(
				"div",
				{ class: "button-row" },
				textButton("Send again", "primary", send),
				textButton("Cancel", "secondary", close),
			),
			element("p", { class: "hint" }, "What came after this question will be forgotten."),
		);
		input.focus();
		input.setSelectionRange(input.value.length, input.value.length);
	}
}
