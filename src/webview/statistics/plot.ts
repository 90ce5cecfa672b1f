import uPlot from "uplot";
import { element } from "../dom/element.ts";

/** What one plot shows: a value of each series for each day, undefined where there is none. */
export interface PlotData {
	readonly title: string;
	/** What there is to see, for who doesn't see it. */
	readonly description: string;
	/** `2026-11-27`, in order, none left out. */
	readonly days: readonly string[];
	readonly series: readonly PlotSeries[];
	readonly unit?: string;
}

export interface PlotSeries {
	readonly label: string;
	readonly kind: "bars" | "line";
	/** Of the editor's colours for charts. */
	readonly colour: "blue" | "green" | "orange" | "purple";
	readonly values: readonly (number | undefined)[];
}

const heightPx = 180;

/** A plot over days in the colours of the editor. It is drawn anew when the theme or its width changes. */
export class Plot {
	readonly element = element("figure", { class: "plot" });
	readonly #canvas = element("div", { class: "plot-canvas", role: "img" });
	readonly #caption = element("figcaption");
	readonly #resizes = new ResizeObserver(() => this.#fit());
	#plot: uPlot | undefined;

	constructor() {
		this.element.append(this.#caption, this.#canvas);
		this.#resizes.observe(this.element);
	}

	show(data: PlotData): void {
		this.#plot?.destroy();
		this.#caption.textContent = data.title;
		this.#canvas.setAttribute("aria-label", data.description);
		this.#plot = new uPlot(this.#optionsFor(data), alignedData(data), this.#canvas);
	}

	/** The colours are others now. */
	redraw(): void {
		// Bars keep the colour that they were laid out with.
		this.#plot?.redraw(true, true);
	}

	#fit(): void {
		const width = this.#width();
		if (this.#plot !== undefined && this.#plot.width !== width) {
			this.#plot.setSize({ width, height: heightPx });
		}
	}

	#width(): number {
		return Math.max(200, Math.floor(this.element.clientWidth));
	}

	#optionsFor({ days, series, unit = "" }: PlotData): uPlot.Options {
		const axis = {
			stroke: () => colour("--vscode-foreground"),
			grid: {
				stroke: () => colour("--vscode-widget-border", "--vscode-contrastBorder"),
				width: 1,
				// Where borders are strong, as in high contrast, values still stand out.
				dash: [1, 4],
			},
			ticks: { show: false },
			font: font(),
		};
		const dayAt = (at: number): string => shortDay(days[at] ?? "");
		return {
			width: this.#width(),
			height: heightPx,
			scales: {
				x: { time: false, range: [-0.5, days.length - 0.5] },
				y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] },
			},
			axes: [
				{
					...axis,
					space: 60,
					size: 30,
					incrs: [1, 2, 5, 7, 14, 30, 60, 90],
					values: (_plot, at) => at.map(dayAt),
				},
				{
					...axis,
					size: 60,
					values: (_plot, at) => at.map((value) => `${value.toLocaleString("en")}${unit}`),
				},
			],
			series: [
				{ label: "Day", value: (_plot, at) => days[at] ?? "–" },
				...series.map((one) => seriesOptions(one, unit)),
			],
			cursor: { drag: { x: false, y: false } },
		};
	}
}

function seriesOptions({ label, kind, colour: name }: PlotSeries, unit: string): uPlot.Series {
	const paint = (): string => colour(`--vscode-charts-${name}`, "--vscode-foreground");
	const shared: uPlot.Series = {
		label,
		stroke: paint,
		value: (_plot, value: number | null) =>
			value === null ? "–" : `${value.toLocaleString("en")}${unit}`,
	};
	const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
	return kind === "bars" && bars !== undefined
		? { ...shared, fill: paint, width: 0, paths: bars, points: { show: false } }
		: { ...shared, width: 2, spanGaps: true, points: { show: true, size: 5, fill: paint } };
}

function alignedData({ days, series }: PlotData): uPlot.AlignedData {
	return [
		days.map((_, at) => at),
		...series.map(({ values }) => values.map((value) => value ?? null)),
	];
}

/** The first of these variables that the theme has. */
function colour(...variables: readonly string[]): string {
	const style = getComputedStyle(document.body);
	for (const variable of variables) {
		const value = style.getPropertyValue(variable).trim();
		if (value !== "") {
			return value;
		}
	}
	return style.color;
}

function font(): string {
	const { fontFamily } = getComputedStyle(document.body);
	return `11px ${fontFamily}`;
}

/** `Nov 27`; the days are of a calendar, and in no time zone. */
function shortDay(day: string): string {
	const moment = new Date(`${day}T00:00:00Z`);
	return Number.isNaN(moment.getTime())
		? ""
		: moment.toLocaleDateString("en", { month: "short", day: "numeric", timeZone: "UTC" });
}
