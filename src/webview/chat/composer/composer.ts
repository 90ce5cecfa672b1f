import type { FromView, ModelView, Suggestion, ToView } from "../../../chat/messages.ts";
import { iconButton } from "../../dom/buttons.ts";
import { element, setText } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import { leftOutSentence, meterSummary, placeText } from "../meterText.ts";
import { meterBar } from "../messages/meterView.ts";
import { maxDraftLength } from "./limits.ts";
import { SuggestPopup } from "./suggestPopup.ts";
import { acceptSuggestion, triggerAt, type Trigger } from "./trigger.ts";

/** A pause in typing after which the draft's tokens are counted. */
const measureDelayMs = 300;

export interface ComposerOptions {
	readonly send: (message: FromView) => void;
	readonly onDraftChange: () => void;
	/** A question goes out. */
	readonly onSend: () => void;
	/** Whether something has to be decided before; called when a person wants to send. */
	readonly isHeld: () => boolean;
}

/** Where questions are written. */
export class Composer {
	readonly element: HTMLElement;
	readonly #options: ComposerOptions;
	readonly #input = element("textarea", {
		class: "composer-input",
		id: "composer-input",
		dir: "auto",
		rows: "1",
		maxlength: String(maxDraftLength),
		"aria-label": "Ask Mote",
		"aria-describedby": "composer-hint",
		autocomplete: "off",
		placeholder: "Ask, @mention or /command",
	});
	readonly #hint = element("p", { class: "composer-hint", id: "composer-hint", dir: "auto" });
	readonly #popup = new SuggestPopup(this.#input, (item) => this.#accept(item));
	readonly #model = element("button", { type: "button", class: "model-button" });
	readonly #meter = element("span", { class: "composer-meter" });
	readonly #leftOut = element("p", { class: "left-out", dir: "auto", hidden: "" });
	readonly #sendButton = iconButton("send", "Send (Enter)", () => this.#send());
	readonly #stopButton = iconButton("stop", "Stop the answer (Escape)", () => this.#stop());
	#trigger: Trigger | undefined;
	#suggestRequest = 0;
	#measureRequest = 0;
	#measureTimer: ReturnType<typeof setTimeout> | undefined;
	#isAnswering = false;
	#canAnswer = false;

	constructor(options: ComposerOptions) {
		this.#options = options;
		this.#sendButton.classList.add("send-button");
		this.#stopButton.classList.add("stop-button");
		this.#model.addEventListener("click", () => options.send({ kind: "chooseModel" }));
		this.element = element(
			"form",
			{ class: "composer", "aria-label": "Question" },
			this.#popup.element,
			this.#hint,
			element(
				"div",
				{ class: "composer-box" },
				this.#input,
				element(
					"div",
					{ class: "composer-row" },
					this.#model,
					this.#meter,
					this.#sendButton,
					this.#stopButton,
				),
			),
			this.#leftOut,
		);
		this.#input.addEventListener("keydown", (event) => this.#onKey(event));
		this.#input.addEventListener("input", () => this.#onInput());
		this.#input.addEventListener("click", () => this.#suggest());
		this.#input.addEventListener("blur", () => this.#popup.close());
		this.#showAnswering();
	}

	get draft(): string {
		return this.#input.value;
	}

	get caret(): number {
		return this.#input.selectionEnd;
	}

	setDraft(text: string, caret: number): void {
		this.#input.value = text.slice(0, maxDraftLength);
		this.#input.setSelectionRange(caret, caret);
		this.#afterChange();
	}

	focus(): void {
		this.#input.focus();
	}

	/** As the button does. */
	send(): void {
		this.#send();
	}

	show(
		model: ModelView | undefined,
		noModelReason: string | undefined,
		isAnswering: boolean,
	): void {
		this.#canAnswer = model !== undefined;
		this.#isAnswering = isAnswering;
		this.#showModel(model);
		const hint =
			model === undefined
				? (noModelReason ?? "")
				: model.canChat
					? ""
					: `${model.name} writes code but doesn't converse: /explain and /fix work.`;
		setText(this.#hint, hint);
		this.#hint.hidden = hint === "";
		this.#showAnswering();
	}

	receive(message: ToView): void {
		if (message.kind === "suggestions" && message.requestId === this.#suggestRequest) {
			if (this.#trigger !== undefined && document.activeElement === this.#input) {
				this.#popup.show(message.items, this.#trigger.start);
			}
		} else if (message.kind === "measured" && message.requestId === this.#measureRequest) {
			const { meter } = message;
			// Without a chat model there is no budget, so there is nothing to show.
			const isKnown = meter.budgetTokens > 0;
			this.#meter.replaceChildren(...(isKnown ? [meterBar(meter), meterSummary(meter)] : []));
			this.#meter.title = meter.parts.map(({ label, tokens }) => `${label}: ${tokens}`).join("\n");
			const sentence = leftOutSentence(meter);
			this.#leftOut.hidden = sentence === undefined;
			this.#leftOut.replaceChildren(icon("warning"), sentence ?? "");
		}
	}

	#onKey(event: KeyboardEvent): void {
		if (this.#popup.handleKey(event)) {
			event.preventDefault();
		} else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
			event.preventDefault();
			this.#send();
		} else if (event.key === "Escape" && this.#isAnswering) {
			event.preventDefault();
			this.#stop();
		}
	}

	#onInput(): void {
		this.#afterChange();
		this.#suggest();
	}

	#afterChange(): void {
		const { style } = this.#input;
		style.blockSize = "auto";
		style.blockSize = `${Math.min(this.#input.scrollHeight, Math.max(120, innerHeight * 0.4))}px`;
		this.#showAnswering();
		this.#options.onDraftChange();
		clearTimeout(this.#measureTimer);
		this.#measureRequest += 1;
		if (this.draft.trim() === "") {
			this.#meter.replaceChildren();
			this.#leftOut.hidden = true;
			return;
		}
		const requestId = this.#measureRequest;
		this.#measureTimer = setTimeout(() => {
			this.#options.send({ kind: "measure", requestId, text: this.draft });
		}, measureDelayMs);
	}

	#suggest(): void {
		const { selectionStart, selectionEnd } = this.#input;
		this.#suggestRequest += 1;
		this.#trigger =
			selectionStart === selectionEnd ? triggerAt(this.draft, selectionEnd) : undefined;
		if (this.#trigger === undefined) {
			this.#popup.close();
			return;
		}
		const { trigger, query } = this.#trigger;
		this.#options.send({ kind: "suggest", requestId: this.#suggestRequest, trigger, query });
	}

	#accept({ insert }: Suggestion): void {
		if (this.#trigger !== undefined) {
			const accepted = acceptSuggestion(this.draft, this.caret, this.#trigger, insert);
			this.setDraft(accepted.text, accepted.caret);
			this.#suggest();
		}
	}

	#send(): void {
		const text = this.draft.trim();
		if (text === "" || !this.#canAnswer || this.#isAnswering || this.#options.isHeld()) {
			return;
		}
		this.#popup.close();
		this.#trigger = undefined;
		this.#suggestRequest += 1;
		this.#options.send({ kind: "send", text });
		this.setDraft("", 0);
		// What was sent is no draft any more, also for a view that is loaded again.
		this.#options.onDraftChange();
		this.#options.onSend();
		this.focus();
	}

	#stop(): void {
		this.#options.send({ kind: "stop" });
		this.focus();
	}

	#showAnswering(): void {
		this.#sendButton.hidden = this.#isAnswering;
		this.#stopButton.hidden = !this.#isAnswering;
		this.#sendButton.disabled = !this.#canAnswer || this.draft.trim() === "";
	}

	#showModel(model: ModelView | undefined): void {
		if (model === undefined) {
			this.#model.replaceChildren(icon("warning"), element("span", {}, "Choose a model…"));
			this.#model.title = "Nothing can answer yet";
			return;
		}
		const isRemote = model.place === "remote";
		this.#model.classList.toggle("remote", isRemote);
		this.#model.replaceChildren(
			icon(isRemote ? "cloud" : "device"),
			element("span", { dir: "auto" }, model.name),
		);
		this.#model.title = `${model.name}, ${placeText(model)}. Press to choose another model.`;
		this.#model.setAttribute("aria-label", `Model: ${model.name}, ${placeText(model)}`);
	}
}
