import type { Suggestion } from "../../../chat/messages.ts";
import { element } from "../../dom/element.ts";
import { caretPosition } from "./caretPosition.ts";

const listId = "suggestions";

/** Most suggestions that are shown; typing on narrows them. */
const maxShown = 50;
/** Least distance from the edges of the view. */
const marginPx = 12;

/**
 * The list of mentions or commands at the caret. The focus stays in the input, which is its combobox: the
 * chosen option is told by `aria-activedescendant`.
 */
export class SuggestPopup {
	readonly element = element("ul", {
		class: "suggest-popup",
		id: listId,
		role: "listbox",
		"aria-label": "Suggestions",
		hidden: "",
	});
	readonly #input: HTMLTextAreaElement;
	readonly #onAccept: (suggestion: Suggestion) => void;
	#items: readonly Suggestion[] = [];
	#selected = 0;

	constructor(input: HTMLTextAreaElement, onAccept: (suggestion: Suggestion) => void) {
		this.#input = input;
		this.#onAccept = onAccept;
		input.setAttribute("role", "combobox");
		input.setAttribute("aria-autocomplete", "list");
		input.setAttribute("aria-haspopup", "listbox");
		input.setAttribute("aria-controls", listId);
		input.setAttribute("aria-expanded", "false");
	}

	get isOpen(): boolean {
		return !this.element.hidden;
	}

	get count(): number {
		return this.#items.length;
	}

	/** Shows `items` at the character at `offset` of the input; nothing when there are none. */
	show(items: readonly Suggestion[], offset: number): void {
		if (items.length === 0) {
			this.close();
			return;
		}
		this.#items = items.slice(0, maxShown);
		this.element.replaceChildren(...this.#items.map((item, index) => this.#option(item, index)));
		this.element.hidden = false;
		this.#input.setAttribute("aria-expanded", "true");
		this.#place(offset);
		this.#select(0);
	}

	close(): void {
		this.element.hidden = true;
		this.#items = [];
		this.#input.setAttribute("aria-expanded", "false");
		this.#input.removeAttribute("aria-activedescendant");
	}

	/** Takes the keys that the list understands while it is open. */
	handleKey(event: KeyboardEvent): boolean {
		if (!this.isOpen || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) {
			return false;
		}
		switch (event.key) {
			case "ArrowDown":
				this.#select((this.#selected + 1) % this.#items.length);
				return true;
			case "ArrowUp":
				this.#select((this.#selected + this.#items.length - 1) % this.#items.length);
				return true;
			case "PageDown":
				this.#select(Math.min(this.#items.length - 1, this.#selected + 8));
				return true;
			case "PageUp":
				this.#select(Math.max(0, this.#selected - 8));
				return true;
			case "Enter":
			case "Tab":
				if (event.shiftKey) {
					return false;
				}
				this.#accept(this.#selected);
				return true;
			case "Escape":
				this.close();
				return true;
			default:
				return false;
		}
	}

	#option(item: Suggestion, index: number): HTMLElement {
		const option = element(
			"li",
			{ class: "suggestion", role: "option", id: `${listId}-${index}`, "aria-selected": "false" },
			element("span", { class: "suggestion-label", dir: "auto" }, item.label),
			element("span", { class: "suggestion-detail", dir: "auto" }, item.detail),
		);
		option.addEventListener("mousedown", (event) => {
			// The input keeps the focus.
			event.preventDefault();
			this.#accept(index);
		});
		option.addEventListener("mousemove", () => this.#select(index));
		return option;
	}

	#accept(index: number): void {
		const item = this.#items[index];
		this.close();
		if (item !== undefined) {
			this.#onAccept(item);
		}
	}

	#select(index: number): void {
		const options = this.element.children;
		options[this.#selected]?.setAttribute("aria-selected", "false");
		this.#selected = index;
		const option = options[index];
		option?.setAttribute("aria-selected", "true");
		option?.scrollIntoView({ block: "nearest" });
		this.#input.setAttribute("aria-activedescendant", option?.id ?? "");
	}

	/** Above the line of the caret, as far to the side as it fits. */
	#place(offset: number): void {
		const { left, top } = caretPosition(this.#input, offset);
		const inputBox = this.#input.getBoundingClientRect();
		const hostBox = (this.element.offsetParent ?? document.body).getBoundingClientRect();
		const { width } = this.element.getBoundingClientRect();
		const wished = inputBox.left - hostBox.left + left;
		const { style } = this.element;
		const furthest = hostBox.width - width - marginPx;
		style.left = `${Math.round(Math.max(marginPx, Math.min(wished, furthest)))}px`;
		const visibleTop = Math.max(0, top);
		style.bottom = `${Math.round(hostBox.bottom - inputBox.top - visibleTop + 4)}px`;
		style.maxHeight = `${Math.round(Math.min(260, inputBox.top + visibleTop - 8))}px`;
	}
}
