import type { HandoverView } from "../../../chat/messages.ts";
import { textButton } from "../../dom/buttons.ts";
import { element, setText } from "../../dom/element.ts";
import { handoverSentence } from "../meterText.ts";

export interface HandoverBarOptions {
	readonly onShare: (server: string) => void;
	readonly onStartNew: () => void;
}

/** Asks, above the input, before earlier messages go to a server that didn't have them. */
export class HandoverBar {
	readonly element: HTMLElement;
	readonly #sentence = element("p", { id: "handover-sentence", dir: "auto" });
	readonly #share = textButton("Send them", "primary", () => {
		if (this.#handover !== undefined) {
			this.#options.onShare(this.#handover.server);
		}
	});
	readonly #options: HandoverBarOptions;
	#handover: HandoverView | undefined;

	constructor(options: HandoverBarOptions) {
		this.#options = options;
		this.element = element(
			"section",
			{ class: "handover", "aria-labelledby": "handover-sentence", hidden: "" },
			this.#sentence,
			element(
				"div",
				{ class: "handover-buttons" },
				this.#share,
				textButton("Start new conversation", "secondary", () => options.onStartNew()),
			),
		);
	}

	show(handover: HandoverView | undefined): void {
		this.#handover = handover;
		this.element.hidden = handover === undefined;
		setText(this.#sentence, handover === undefined ? "" : handoverSentence(handover));
		this.#sentence.title = handover?.materials.join("\n") ?? "";
	}

	focus(): void {
		this.#share.focus();
	}
}
