import type { FromView, HunkView, ReviewView } from "../../../chat/messages.ts";
import { iconButton, textButton } from "../../dom/buttons.ts";
import { element } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import { countDecisions, hunkRows, reviewSummary } from "./hunkRows.ts";

/** Most lines of a hunk that are shown here; the editor's diff shows all. */
const maxShownLines = 200;

/** Proposed changes of files, to be accepted or rejected hunk by hunk. */
export class ReviewPanel {
	readonly element = element("section", {
		class: "reviews",
		"aria-label": "Proposed changes",
		tabindex: "-1",
		hidden: "",
	});
	readonly #send: (message: FromView) => void;
	readonly #dismissed = new Set<string>();
	#reviews: readonly ReviewView[] = [];

	constructor(send: (message: FromView) => void) {
		this.#send = send;
	}

	show(reviews: readonly ReviewView[]): void {
		if (this.#reviews === reviews) {
			return;
		}
		this.#reviews = reviews;
		const hadFocus = this.#focusedName();
		const shown = reviews.filter((review) => !this.#isDismissed(review));
		this.element.replaceChildren(...shown.map((review) => this.#review(review)));
		this.element.hidden = shown.length === 0;
		this.#restoreFocus(hadFocus);
	}

	/** A decided review goes away when it is closed, and comes back when there is something to decide. */
	#isDismissed(review: ReviewView): boolean {
		return this.#dismissed.has(review.id) && countDecisions(review).open === 0;
	}

	#review(review: ReviewView): HTMLElement {
		const { open } = countDecisions(review);
		const canDecide = open > 0 && review.problem === undefined;
		return element(
			"section",
			{ class: "review", "aria-label": `${review.title}: ${review.path}` },
			element(
				"header",
				{ class: "review-header" },
				element(
					"div",
					{ class: "review-title" },
					element("h3", {}, review.title),
					element("p", { class: "review-path", title: review.path }, review.path),
				),
				this.#named(
					iconButton("diff", "Show in the editor's diff", () =>
						this.#send({ kind: "showReview", reviewId: review.id }),
					),
					`${review.id} show`,
				),
				open > 0 && review.problem === undefined ? undefined : this.#closeButton(review),
			),
			review.problem === undefined
				? undefined
				: element(
						"p",
						{ class: "message-status failed", dir: "auto" },
						icon("warning"),
						review.problem,
					),
			...review.hunks.map((hunk, index) => this.#hunk(review, hunk, index)),
			element(
				"footer",
				{ class: "button-row" },
				element("span", { class: "review-summary" }, reviewSummary(review)),
				...(canDecide ? this.#allButtons(review) : []),
			),
		);
	}

	#allButtons(review: ReviewView): HTMLElement[] {
		const decide = (accept: boolean): void =>
			this.#send({ kind: "decideAll", reviewId: review.id, accept });
		return [
			this.#named(
				textButton("Accept all", "primary", () => decide(true)),
				`${review.id} accept`,
			),
			this.#named(
				textButton("Reject all", "secondary", () => decide(false)),
				`${review.id} reject`,
			),
		];
	}

	#closeButton(review: ReviewView): HTMLElement {
		return iconButton("close", "Close", () => {
			this.#dismissed.add(review.id);
			const reviews = this.#reviews;
			this.#reviews = [];
			this.show(reviews);
		});
	}

	#hunk(review: ReviewView, hunk: HunkView, hunkIndex: number): HTMLElement {
		const name = `Change ${hunkIndex + 1} of ${review.hunks.length}, line ${hunk.startLine}`;
		const decide = (accept: boolean): void =>
			this.#send({ kind: "decideHunk", reviewId: review.id, hunkIndex, accept });
		const isOpen = hunk.decision === "open";
		const header = element(
			"div",
			{ class: "hunk-header" },
			element("span", { class: "hunk-name" }, name),
			...(isOpen && review.problem === undefined
				? [
						this.#named(
							iconButton("check", `Accept change ${hunkIndex + 1}`, () => decide(true)),
							`${review.id} ${hunkIndex} accept`,
						),
						this.#named(
							iconButton("close", `Reject change ${hunkIndex + 1}`, () => decide(false)),
							`${review.id} ${hunkIndex} reject`,
						),
					]
				: [element("span", { class: "hunk-decision" }, isOpen ? "" : hunk.decision)]),
		);
		return element(
			"div",
			{ class: `hunk ${hunk.decision}`, role: "group", "aria-label": `${name}, ${hunk.decision}` },
			header,
			isOpen ? hunkLines(hunk) : undefined,
		);
	}

	/** Gives a control a name under which the focus finds it again after the panel was drawn anew. */
	#named(control: HTMLElement, name: string): HTMLElement {
		control.dataset["control"] = name;
		return control;
	}

	#focusedName(): string | undefined {
		const active = document.activeElement;
		return active instanceof HTMLElement && this.element.contains(active)
			? active.dataset["control"]
			: undefined;
	}

	/** The button that was pressed may be gone: the next one of its kind takes the focus. */
	#restoreFocus(name: string | undefined): void {
		if (name === undefined) {
			return;
		}
		const controls = [...this.element.querySelectorAll<HTMLElement>("[data-control]")];
		const kind = name.split(" ").at(-1) ?? "";
		const next =
			controls.find(({ dataset }) => dataset["control"] === name) ??
			controls.find(({ dataset }) => dataset["control"]?.endsWith(` ${kind}`)) ??
			controls[0];
		if (next === undefined) {
			this.element.focus();
		} else {
			next.focus();
		}
	}
}

function hunkLines(hunk: HunkView): HTMLElement {
	const rows = hunkRows(hunk);
	const shown = rows.slice(0, maxShownLines).map(({ kind, lineNumber, text }) => {
		const sign = kind === "added" ? "+" : kind === "removed" ? "-" : " ";
		return element(
			"div",
			{ class: `hunk-line ${kind}` },
			element("span", { class: "line-number", "aria-hidden": "true" }, String(lineNumber ?? "")),
			element("span", { class: "line-sign" }, sign),
			element("span", { class: "line-text" }, text),
		);
	});
	const left = rows.length - shown.length;
	return element(
		"div",
		{
			class: "hunk-lines",
			dir: "ltr",
			tabindex: "0",
			role: "region",
			"aria-label": "Changed lines",
		},
		...shown,
		left > 0 ? element("p", { class: "hint" }, `${left} more lines: see the diff.`) : undefined,
	);
}
