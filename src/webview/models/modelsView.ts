import type {
	CatalogView,
	FromModelsView,
	RowView,
	ToModelsView,
} from "../../modelCatalog/messages.ts";
import { Announcer } from "../dom/announcer.ts";
import { textButton } from "../dom/buttons.ts";
import { element, setText } from "../dom/element.ts";
import { showPairs } from "./labelledTexts.ts";
import { ModelDetails } from "./modelDetails.ts";
import { ModelList } from "./modelList.ts";

export interface ModelsViewOptions {
	readonly send: (message: FromModelsView) => void;
	/** For the time when the view is hidden. */
	readonly keep: (selectedRowId: string | undefined) => void;
	readonly selectedRowId: string | undefined;
}

/** How long a notice stays on the screen. */
const noticeMs = 10_000;

/** The whole view: what is in use, the list of models, and what is to be known of the one that is selected. */
export class ModelsView {
	readonly #options: ModelsViewOptions;
	readonly #announcer = new Announcer();
	readonly #inUse = element("dl", { class: "in-use", "aria-label": "In use" });
	readonly #machine = element("p", { class: "hint", dir: "auto" });
	readonly #notice = element("p", { class: "notice", dir: "auto", hidden: "" });
	readonly #list = new ModelList((rowId) => this.#select(rowId));
	readonly #details: ModelDetails;
	#catalog: CatalogView | undefined;
	#selectedRowId: string | undefined;
	/** Nobody has to have selected it. */
	#shownRowId: string | undefined;
	#noticeTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(host: HTMLElement, options: ModelsViewOptions) {
		this.#options = options;
		this.#selectedRowId = options.selectedRowId;
		const { send } = options;
		this.#details = new ModelDetails((rowId, action) => send({ kind: "act", rowId, action }));
		host.classList.add("models");
		host.replaceChildren(
			element(
				"header",
				{ class: "models-header" },
				element("h1", {}, "Models"),
				this.#inUse,
				this.#machine,
				element(
					"div",
					{ class: "button-row" },
					textButton("Import a file…", "secondary", () => send({ kind: "importFile" })),
					textButton("Import a folder…", "secondary", () => send({ kind: "importFolder" })),
					textButton("Connect to a server…", "secondary", () => send({ kind: "connectServer" })),
					textButton("Look again", "secondary", () => send({ kind: "lookAgain" })),
				),
				this.#notice,
			),
			element("main", { class: "models-main" }, this.#list.element, this.#details.element),
			this.#announcer.element,
		);
	}

	receive(message: ToModelsView): void {
		switch (message.kind) {
			case "catalog":
				this.#announceChange(message.catalog);
				this.#catalog = message.catalog;
				this.#draw();
				return;
			case "select":
				this.#select(message.rowId);
				this.#list.reveal();
				return;
			case "notice":
				this.#announcer.announce(message.text);
				this.#showNotice(message.text);
		}
	}

	#select(rowId: string): void {
		this.#selectedRowId = rowId;
		this.#options.keep(rowId);
		this.#draw();
	}

	#draw(): void {
		if (this.#catalog === undefined) {
			return;
		}
		const { inUse, machine, groups } = this.#catalog;
		showPairs(this.#inUse, inUse);
		setText(this.#machine, machine);
		const rows = groups.flatMap((group) => group.rows);
		const shown = (rowId: string | undefined): RowView | undefined =>
			rows.find(({ id }) => id === rowId);
		const before = shown(this.#shownRowId);
		const selected =
			shown(this.#selectedRowId) ??
			// What is going on may be told later than what is there.
			(before?.state.kind === "still" ? goingOn(rows) : undefined) ??
			before ??
			firstChoice(rows);
		this.#shownRowId = selected?.id;
		this.#list.show(groups, selected?.id);
		this.#details.show(selected);
	}

	/** Whole events of the model that is shown, not its progress. */
	#announceChange(next: CatalogView): void {
		const rowIn = (catalog: CatalogView | undefined): RowView | undefined =>
			catalog?.groups.flatMap(({ rows }) => rows).find(({ id }) => id === this.#shownRowId);
		const [before, after] = [rowIn(this.#catalog), rowIn(next)];
		if (before === undefined || after === undefined || before.state.kind === after.state.kind) {
			return;
		}
		const { state, name } = after;
		this.#announcer.announce(
			state.kind === "failed"
				? state.sentence
				: state.kind === "still"
					? `${name}: ${after.summary}`
					: `${name}: ${state.text}`,
		);
	}

	#showNotice(text: string): void {
		clearTimeout(this.#noticeTimer);
		setText(this.#notice, text);
		this.#notice.hidden = false;
		this.#noticeTimer = setTimeout(() => {
			this.#notice.hidden = true;
		}, noticeMs);
	}
}

/** What is going on comes first, then what can be installed. */
function firstChoice(rows: readonly RowView[]): RowView | undefined {
	return (
		goingOn(rows) ??
		rows.find(({ actions }) => actions.some(({ action }) => action === "install")) ??
		rows[0]
	);
}

function goingOn(rows: readonly RowView[]): RowView | undefined {
	return rows.find(({ state }) => state.kind !== "still");
}

/** The selection that was kept, of whatever version of the view. */
export function keptRowId(kept: unknown): string | undefined {
	const rowId: unknown =
		typeof kept === "object" && kept !== null && "selectedRowId" in kept
			? kept.selectedRowId
			: undefined;
	return typeof rowId === "string" ? rowId : undefined;
}
