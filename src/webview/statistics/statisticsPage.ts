import type {
	DayRow,
	FromStatisticsView,
	LanguageRow,
	Span,
	StatisticsView,
	ToStatisticsView,
} from "../../statistics/messages.ts";
import { Announcer } from "../dom/announcer.ts";
import { textButton } from "../dom/buttons.ts";
import { element, setText } from "../dom/element.ts";
import { Plot } from "./plot.ts";
import { table, type Column } from "./table.ts";

/** How long a notice stays on the screen. */
const noticeMs = 10_000;

const spanLabels: readonly (readonly [Span, string])[] = [
	[30, "30 days"],
	[90, "90 days"],
	[365, "A year"],
];

const figure = (value: number): string => value.toLocaleString("en");
const time = (ms: number | undefined): string => (ms === undefined ? "–" : `${figure(ms)} ms`);

const dayColumns: readonly Column<DayRow>[] = [
	{ title: "Day", text: ({ day }) => day },
	{ title: "Shown", text: ({ shown }) => figure(shown) },
	{ title: "Taken", text: ({ taken }) => figure(taken) },
	{ title: "Keys saved", text: ({ savedKeys }) => figure(savedKeys) },
	{ title: "Half within", text: ({ medianMs }) => time(medianMs) },
	{ title: "95 of 100 within", text: ({ p95Ms }) => time(p95Ms) },
];

const languageColumns: readonly Column<LanguageRow>[] = [
	{ title: "Language", text: ({ languageId }) => languageId },
	{ title: "Shown", text: ({ shown }) => figure(shown) },
	{ title: "Taken", text: ({ taken }) => figure(taken) },
	{ title: "Kept for a minute", text: ({ kept }) => kept },
	{ title: "Keys saved", text: ({ savedKeys }) => figure(savedKeys) },
	{ title: "Half within", text: ({ medianMs }) => time(medianMs) },
	{ title: "95 of 100 within", text: ({ p95Ms }) => time(p95Ms) },
];

/** The whole page: totals, plots with the same as a table, languages, and what one can do with it. */
export class StatisticsPage {
	readonly #send: (message: FromStatisticsView) => void;
	readonly #announcer = new Announcer();
	readonly #summary = element("p", { class: "hint" });
	readonly #notice = element("p", { class: "notice", dir: "auto", hidden: "" });
	readonly #totals = element("dl", { class: "totals", "aria-label": "In all" });
	readonly #plots = [new Plot(), new Plot(), new Plot()] as const;
	readonly #days = element("div", { class: "table-scroll", tabindex: "0" });
	readonly #languages = element("div", { class: "table-scroll", tabindex: "0" });
	readonly #figures: HTMLElement;
	readonly #spans: readonly (readonly [Span, HTMLButtonElement])[];
	#noticeTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(host: HTMLElement, send: (message: FromStatisticsView) => void) {
		this.#send = send;
		this.#spans = spanLabels.map(([days, label]) => [days, this.#spanButton(days, label)]);
		this.#figures = element(
			"main",
			{ class: "statistics-main" },
			this.#totals,
			element("div", { class: "plots" }, ...this.#plots.map((plot) => plot.element)),
			element(
				"details",
				{ class: "as-table" },
				element("summary", {}, "The same as a table"),
				this.#days,
			),
			this.#languages,
		);
		host.classList.add("statistics");
		host.replaceChildren(
			element(
				"header",
				{ class: "statistics-header" },
				element("h1", {}, "Statistics"),
				this.#summary,
				element(
					"div",
					{ class: "button-row" },
					element(
						"div",
						{ class: "spans", role: "group", "aria-label": "How far back" },
						...this.#spans.map(([, button]) => button),
					),
					textButton("Export as CSV…", "secondary", () => send({ kind: "export", format: "csv" })),
					textButton("Export as JSON…", "secondary", () =>
						send({ kind: "export", format: "json" }),
					),
					textButton("Delete…", "secondary", () => send({ kind: "delete" })),
				),
				this.#notice,
			),
			this.#figures,
			this.#announcer.element,
		);
		this.#figures.hidden = true;
		// The editor changes the classes and variables of the page with its theme.
		const redraw = new MutationObserver(() => this.#plots.forEach((plot) => plot.redraw()));
		redraw.observe(document.body, { attributes: true, attributeFilter: ["class"] });
		redraw.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
	}

	receive(message: ToStatisticsView): void {
		switch (message.kind) {
			case "statistics":
				this.#show(message.view);
				return;
			case "notice":
				this.#announcer.announce(message.text);
				this.#showNotice(message.text);
		}
	}

	#spanButton(days: Span, label: string): HTMLButtonElement {
		const button = element(
			"button",
			{ type: "button", class: "span", "aria-pressed": "false" },
			label,
		);
		button.addEventListener("click", () => this.#send({ kind: "span", days }));
		return button;
	}

	#show({ span, summary, totals, days, languages }: StatisticsView): void {
		setText(this.#summary, summary);
		for (const [each, button] of this.#spans) {
			button.setAttribute("aria-pressed", String(each === span));
		}
		// What is hidden has no width to draw in.
		this.#figures.hidden = days.length === 0;
		this.#totals.replaceChildren(
			...totals.flatMap(({ label, text }) => [element("dt", {}, label), element("dd", {}, text)]),
		);
		if (days.length > 0) {
			this.#draw(days);
		}
		this.#days.replaceChildren(table("By day", dayColumns, [...days].reverse()));
		this.#languages.replaceChildren(table("By language", languageColumns, languages));
	}

	#draw(rows: readonly DayRow[]): void {
		const [counts, keys, latencies] = this.#plots;
		const days = rows.map(({ day }) => day);
		const sum = (of: (row: DayRow) => number): string =>
			figure(rows.reduce((all, row) => all + of(row), 0));
		const elsewhere = "The table below has the same.";
		counts.show({
			title: "Suggestions shown and taken",
			description: `By day: ${sum(({ shown }) => shown)} shown, ${sum(({ taken }) => taken)} taken. ${elsewhere}`,
			days,
			series: [
				{ label: "Shown", kind: "bars", colour: "blue", values: rows.map(({ shown }) => shown) },
				{ label: "Taken", kind: "bars", colour: "green", values: rows.map(({ taken }) => taken) },
			],
		});
		keys.show({
			title: "Keys saved",
			description: `By day: ${sum(({ savedKeys }) => savedKeys)} keys in all. ${elsewhere}`,
			days,
			series: [
				{
					label: "Keys",
					kind: "bars",
					colour: "purple",
					values: rows.map(({ savedKeys }) => savedKeys),
				},
			],
		});
		latencies.show({
			title: "From a key to a suggestion",
			description: `By day, in milliseconds: half of the suggestions, and 95 of 100. ${elsewhere}`,
			days,
			unit: " ms",
			series: [
				{
					label: "Half within",
					kind: "line",
					colour: "blue",
					values: rows.map(({ medianMs }) => medianMs),
				},
				{
					label: "95 of 100 within",
					kind: "line",
					colour: "orange",
					values: rows.map(({ p95Ms }) => p95Ms),
				},
			],
		});
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
