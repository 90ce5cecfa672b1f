import type { RowGroup, RowView } from "../../modelCatalog/messages.ts";
import { element, setText } from "../dom/element.ts";
import { percentOf } from "./progressBar.ts";

interface Option {
	readonly element: HTMLElement;
	readonly name: HTMLElement;
	readonly badge: HTMLElement;
	readonly summary: HTMLElement;
}

/** The list of all models. One of them is selected: arrows and a press select another. */
export class ModelList {
	readonly element = element("div", {
		class: "model-list",
		role: "listbox",
		"aria-label": "Models",
		tabindex: "0",
	});
	readonly #onSelect: (rowId: string) => void;
	readonly #options = new Map<string, Option>();
	#rowIds: readonly string[] = [];
	#selectedRowId: string | undefined;
	#shownOrder = "";
	/** Names of models are no names of elements. */
	#nextOptionNumber = 0;

	constructor(onSelect: (rowId: string) => void) {
		this.#onSelect = onSelect;
		this.element.addEventListener("keydown", (event) => this.#onKey(event));
	}

	show(groups: readonly RowGroup[], selectedRowId: string | undefined): void {
		this.#rowIds = groups.flatMap(({ rows }) => rows.map(({ id }) => id));
		this.#selectedRowId = selectedRowId;
		for (const row of groups.flatMap(({ rows }) => rows)) {
			this.#showRow(row);
		}
		const order = JSON.stringify(groups.map(({ title, emptyText, rows }) => [title, rows.length === 0 && emptyText, rows.map(({ id }) => id)]));
		if (order !== this.#shownOrder) {
			this.#shownOrder = order;
			this.element.replaceChildren(...groups.flatMap((group) => this.#group(group)));
			for (const id of [...this.#options.keys()].filter((known) => !this.#rowIds.includes(known))) {
				this.#options.delete(id);
			}
		}
		const selected = selectedRowId === undefined ? undefined : this.#options.get(selectedRowId);
		if (selected === undefined) {
			this.element.removeAttribute("aria-activedescendant");
		} else {
			this.element.setAttribute("aria-activedescendant", selected.element.id);
		}
	}

	/** Has the selected one where it can be seen. */
	reveal(): void {
		const selected =
			this.#selectedRowId === undefined ? undefined : this.#options.get(this.#selectedRowId);
		selected?.element.scrollIntoView({ block: "nearest" });
	}

	#group({ title, emptyText, rows }: RowGroup): readonly HTMLElement[] {
		if (rows.length === 0 && emptyText === "") {
			return [];
		}
		return [
			element(
				"div",
				{ class: "model-group", role: "group", "aria-label": title },
				element("h2", { "aria-hidden": "true" }, title),
				...(rows.length === 0 ? [element("p", { class: "hint", dir: "auto" }, emptyText)] : []),
				...rows.flatMap(({ id }) => this.#options.get(id)?.element ?? []),
			),
		];
	}

	#showRow(row: RowView): void {
		const { name, badge, summary, element: option } = this.#options.get(row.id) ?? this.#make(row.id);
		setText(name, row.name);
		setText(badge, badgeText(row));
		badge.hidden = badge.textContent === "";
		setText(summary, row.summary);
		option.classList.toggle("unfit", row.fit.kind === "doesNotFit");
		option.setAttribute("aria-selected", String(row.id === this.#selectedRowId));
	}

	#make(rowId: string): Option {
		const name = element("span", { class: "model-name", dir: "auto" });
		const badge = element("span", { class: "model-badge" });
		const summary = element("span", { class: "hint", dir: "auto" });
		const made = element(
			"div",
			{ class: "model-option", role: "option", id: `option-${this.#nextOptionNumber++}` },
			element("span", { class: "model-line" }, name, badge),
			summary,
		);
		made.addEventListener("click", () => this.#onSelect(rowId));
		const option = { element: made, name, badge, summary };
		this.#options.set(rowId, option);
		return option;
	}

	#onKey(event: KeyboardEvent): void {
		const index = this.#rowIds.indexOf(this.#selectedRowId ?? "");
		const last = this.#rowIds.length - 1;
		const next = nextIndex(event.key, index, last);
		const rowId = next === undefined ? undefined : this.#rowIds[next];
		if (rowId !== undefined) {
			event.preventDefault();
			this.#onSelect(rowId);
			this.reveal();
		}
	}
}

function nextIndex(key: string, index: number, last: number): number | undefined {
	switch (key) {
		case "ArrowDown":
			return Math.min(last, index + 1);
		case "ArrowUp":
			return Math.max(0, index - 1);
		case "Home":
			return 0;
		case "End":
			return last;
		default:
			return undefined;
	}
}

/** In a word or two: what it is used for, or how far it is. */
function badgeText({ state, badges }: RowView): string {
	switch (state.kind) {
		case "working":
			return state.fraction === undefined ? "…" : percentOf(state.fraction);
		case "paused":
			return `paused, ${percentOf(state.fraction)}`;
		case "failed":
			return "failed";
		case "still":
			return badges.join(", ");
	}
}
