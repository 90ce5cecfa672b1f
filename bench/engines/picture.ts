import type { EngineName } from "./engineNames.ts";
import type { Comparison, Figure } from "./report.ts";
import { readable } from "./report.ts";
import { metrics, type MetricName } from "./metrics.ts";

/** What the picture shows: whole passes. The rest stands in the table. */
const shown: readonly MetricName[] = [
	"decode.0",
	"decode.1024",
	"decode.4096",
	"prefill.512",
	"prefill.2048",
	"verify.4",
	"typed.first",
	"typed.answer",
];

const width = 760;
const left = 12;
const labelWidth = 84;
const valueWidth = 150;
const barHeight = 13;
const barGap = 3;
const groupGap = 14;
const titleHeight = 18;
const headHeight = 46;

/** The same in every picture; told apart in light and in dark. */
const colours: Readonly<Record<EngineName, string>> = {
	native: "#2f81f7",
	portable: "#8250df",
	qmoe: "#8b949e",
	"llama.cpp": "#bf8700",
};

/**
 * Bars of time for each kind of pass: shorter is faster, the slowest of a kind fills the width. An SVG
 * without scripts or fonts of its own, readable on light and dark pages.
 */
export function asPicture(comparison: Comparison): string {
	const { engines, machine, threads, instructions } = comparison;
	const parts: string[] = [];
	let y = headHeight;
	for (const name of shown) {
		const bars = engines.flatMap(({ engine, figures }) => {
			const figure = figures[name];
			return figure === undefined ? [] : [{ engine, time: barTime(figure, threads) }];
		});
		const slowest = Math.max(...bars.map(({ time }) => time));
		if (bars.length === 0) {
			continue;
		}
		parts.push(text(left, y + 12, "title", metrics[name].title));
		y += titleHeight;
		for (const { engine, time } of bars) {
			const full = width - 2 * left - labelWidth - valueWidth;
			const length = Math.max(1, Math.round((full * time) / slowest));
			const x = left + labelWidth;
			parts.push(
				text(left, y + barHeight - 3, "label", engine),
				`<rect x="${x}" y="${y}" width="${length}" height="${barHeight}" rx="2" fill="${colours[engine]}"/>`,
				text(x + length + 6, y + barHeight - 3, "label", readable(metrics[name], time)),
			);
			y += barHeight + barGap;
		}
		y += groupGap;
	}
	const threadText = threads === 1 ? "1 thread" : `${threads} threads`;
	const measure = threads === 1 ? "processor time" : "time";
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">`,
		"<style>",
		"text { font: 12px system-ui, sans-serif; fill: #1f2328 }",
		".head { font-weight: 600; font-size: 14px } .label { fill: #59636e } .title { font-weight: 600 }",
		"@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .label { fill: #9198a1 } }",
		"</style>",
		text(left, 18, "head", `${comparison.model.name}: ${measure} of a pass, shorter is faster`),
		text(
			left,
			36,
			"label",
			`${machine.processor}, ${threadText}, instructions: ${instructions}, ${comparison.date.slice(0, 10)}`,
		),
		...parts,
		"</svg>",
		"",
	].join("\n");
}

/** With one thread, processor time: it says the same on a machine that does other work too. */
function barTime(figure: Figure, threads: number): number {
	return threads === 1 ? (figure.cpu ?? figure.value) : figure.value;
}

function text(x: number, y: number, kind: string, content: string): string {
	const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
	return `<text x="${x}" y="${y}" class="${kind}">${escaped}</text>`;
}
