import "@vscode-elements/elements/dist/vscode-badge/index.js";
import "@vscode-elements/elements/dist/vscode-progress-ring/index.js";
import type { MessageView } from "../../../chat/messages.ts";
import { iconButton, showDone, textButton } from "../../dom/buttons.ts";
import { element, setText } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import type { AnswerBody } from "../markdown/answerBody.ts";
import { statusSentence } from "../meterText.ts";
import type { MessageActions, MessageElement } from "./messageElement.ts";
import { messageMeter } from "./meterView.ts";

/** What a model or the index answered: who, where, the text, how it ended. */
export class AnswerElement implements MessageElement {
	readonly element: HTMLElement;
	readonly #body: AnswerBody;
	readonly #name = element("h3", { class: "message-author", dir: "auto" });
	readonly #place = element("span", { class: "message-place" });
	readonly #progress = element("span", { class: "writing" });
	readonly #status = element("div", { class: "message-status", hidden: "" });
	readonly #notes = element("ul", { class: "message-notes", hidden: "" });
	readonly #buttons = element("div", { class: "message-buttons" });
	readonly #meter = element("div");
	readonly #actions: MessageActions;
	#message: MessageView | undefined;
	#text = "";
	#isLast = false;

	constructor(message: MessageView, body: AnswerBody, actions: MessageActions) {
		this.#body = body;
		this.#actions = actions;
		this.#name.id = `author-${message.id}`;
		this.element = element(
			"article",
			{ class: "message answer", "aria-labelledby": this.#name.id, tabindex: "-1" },
			element("header", { class: "message-header" }, this.#name, this.#place, this.#progress),
			body.element,
			this.#status,
			this.#notes,
			this.#meter,
			this.#buttons,
		);
		this.update(message);
	}

	update(message: MessageView): void {
		const before = this.#message;
		this.#message = message;
		const isAnew =
			before !== undefined && before.status.kind !== "writing" && message.status.kind === "writing";
		this.#showText(message.text, isAnew);
		if (message.status.kind !== "writing" && before?.status.kind !== message.status.kind) {
			this.#body.end();
		}
		this.#showHeader(message);
		const sentence = statusSentence(message);
		this.#status.hidden = sentence === undefined;
		const hasFailed = message.status.kind === "failed";
		this.#status.classList.toggle("failed", hasFailed);
		this.#status.replaceChildren(
			...(hasFailed ? [icon("warning")] : []),
			element("span", { dir: "auto" }, sentence ?? ""),
			...(message.status.kind === "failed" && message.status.lacksModel === true
				? [textButton("Get a chat model…", "primary", this.#actions.manageModels)]
				: []),
		);
		const { notes = [] } = message;
		this.#notes.hidden = notes.length === 0;
		this.#notes.replaceChildren(...notes.map((note) => element("li", { dir: "auto" }, note)));
		this.#meter.replaceChildren(
			...(message.meter === undefined ? [] : [messageMeter(message.meter)]),
		);
		this.#showButtons();
	}

	append(text: string): void {
		this.#text += text;
		this.#body.append(text);
	}

	setLast(isLast: boolean): void {
		if (this.#isLast !== isLast) {
			this.#isLast = isLast;
			this.element.classList.toggle("last", isLast);
			this.#showButtons();
		}
	}

	dispose(): void {
		this.#body.dispose();
	}

	#showText(text: string, isAnew: boolean): void {
		if (!isAnew && text.startsWith(this.#text)) {
			const rest = text.slice(this.#text.length);
			if (rest !== "") {
				this.#body.append(rest);
			}
		} else {
			this.#body.reset();
			this.#body.append(text);
		}
		this.#text = text;
	}

	#showHeader(message: MessageView): void {
		setText(this.#name, message.modelName ?? "Mote");
		const isRemote = message.modelPlace === "remote";
		this.element.classList.toggle("remote", isRemote);
		this.element.classList.toggle("from-index", message.modelPlace === "index");
		if (isRemote) {
			this.#place.replaceChildren(element("vscode-badge", {}, "remote"));
			this.#place.title = "Answered by a model on a server: what you asked left this machine";
		} else if (message.modelPlace === "index") {
			this.#place.replaceChildren("no model");
			this.#place.title =
				"What the index of the repository knows: nothing of it was written by a model";
		} else if (message.modelPlace === "local") {
			this.#place.replaceChildren("on this machine");
		} else {
			this.#place.replaceChildren();
		}
		const isWriting = message.status.kind === "writing";
		this.element.setAttribute("aria-busy", String(isWriting));
		if (isWriting !== this.#progress.hasChildNodes()) {
			this.#progress.replaceChildren(
				...(isWriting ? [element("vscode-progress-ring", { "aria-label": "Writing" })] : []),
			);
		}
	}

	#showButtons(): void {
		const message = this.#message;
		if (message === undefined || message.status.kind === "writing") {
			this.#buttons.replaceChildren();
			return;
		}
		const copy = iconButton("copy", "Copy answer", () => {
			this.#actions.copy(message.id);
			showDone(copy, "copy");
		});
		const isEmpty = this.#text === "";
		this.#buttons.replaceChildren(
			...(isEmpty ? [] : [copy]),
			...(this.#isLast
				? [iconButton("regenerate", "Answer again", () => this.#actions.regenerate(message.id))]
				: []),
		);
	}
}
