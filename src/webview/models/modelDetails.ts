import type { RowAction, RowView } from "../../modelCatalog/messages.ts";
import { textButton } from "../dom/buttons.ts";
import { element, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import { showPairs } from "./labelledTexts.ts";
import { ProgressBar } from "./progressBar.ts";

/** All that is to be known of one model, and what can be done with it. */
export class ModelDetails {
	readonly #name = element("h2", { dir: "auto", id: "details-name" });
	readonly #badges = element("p", { class: "details-badges", hidden: "" });
	readonly #fit = element("p", { class: "details-fit", dir: "auto", hidden: "" });
	readonly #state = element("p", { class: "details-state", dir: "auto", hidden: "" });
	readonly #progress = new ProgressBar();
	readonly #buttons = element("div", { class: "button-row" });
	readonly #facts = element("dl", { class: "details-facts" });
	readonly element = element(
		"section",
		{ class: "model-details", "aria-labelledby": "details-name", hidden: "" },
		this.#name,
		this.#badges,
		this.#state,
		this.#progress.element,
		this.#buttons,
		this.#fit,
		this.#facts,
	);
	readonly #onAct: (rowId: string, action: RowAction) => void;
	#shownButtons = "";
	#shownFit = "";

	constructor(onAct: (rowId: string, action: RowAction) => void) {
		this.#onAct = onAct;
	}

	show(row: RowView | undefined): void {
		this.element.hidden = row === undefined;
		if (row === undefined) {
			return;
		}
		setText(this.#name, row.name);
		const used = usedFor(row);
		setText(this.#badges, used);
		this.#badges.hidden = used === "";
		this.#showState(row);
		this.#showFit(row);
		this.#showButtons(row);
		showPairs(this.#facts, row.details);
	}

	#showState({ state }: RowView): void {
		const text = state.kind === "still" ? "" : state.kind === "failed" ? state.sentence : state.text;
		setText(this.#state, text);
		this.#state.hidden = text === "";
		this.#state.classList.toggle("failed", state.kind === "failed");
		const fraction =
			state.kind === "working"
				? (state.fraction ?? "unknown")
				: state.kind === "paused"
					? state.fraction
					: undefined;
		this.#progress.show(fraction, text);
	}

	#showFit({ fit }: RowView): void {
		this.#fit.hidden = fit.sentence === "";
		const shown = JSON.stringify(fit);
		if (shown !== this.#shownFit) {
			this.#shownFit = shown;
			this.#fit.replaceChildren(
				...(fit.kind === "unknown" ? [] : [icon(fit.kind === "fits" ? "check" : "warning")]),
				element("span", {}, fit.sentence),
			);
		}
	}

	/** Left alone where they are the same: one of them may have the focus. */
	#showButtons({ id, actions }: RowView): void {
		const shown = JSON.stringify([id, actions]);
		if (shown === this.#shownButtons) {
			return;
		}
		const hadFocus = this.#buttons.contains(document.activeElement);
		this.#shownButtons = shown;
		const buttons = actions.map(({ action, label }, index) =>
			textButton(label, index === 0 && action !== "remove" ? "primary" : "secondary", () =>
				this.#onAct(id, action),
			),
		);
		this.#buttons.replaceChildren(...buttons);
		const [first] = buttons;
		if (hadFocus && first !== undefined) {
			// A new one can't take it before it is drawn.
			void first.updateComplete.then(() => first.focus());
		}
	}
}

function usedFor({ state, badges }: RowView): string {
	if (badges.length === 0) {
		return "";
	}
	const uses = badges.join(", ");
	return state.kind === "working" ? `Once it is there: ${uses}` : `In use: ${uses}`;
}
