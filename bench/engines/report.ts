import type { EngineName, InstructionChoice } from "./engineNames.ts";
import type { Machine } from "../../src/cli/bench/machine.ts";
import { metricNames, metrics, type Metric, type MetricName, type Sample } from "./metrics.ts";
import { percentile, round } from "../../src/cli/bench/percentile.ts";

/** Everything that a comparison found, as it is kept in bench/results. */
export interface Comparison {
	readonly date: string;
	readonly machine: Machine;
	readonly model: { readonly name: string; readonly weightsSha256: string };
	readonly versions: Readonly<Record<string, string>>;
	readonly threads: number;
	readonly instructions: InstructionChoice;
	/** Rounds in which every engine ran each scenario once, in turn. */
	readonly rounds: number;
	/** Load of the machine before each process, the least and the most. */
	readonly load: { readonly least: number; readonly most: number };
	readonly engines: readonly EngineResult[];
	/** Engines that were asked for and could not be measured, with the reason. */
	readonly left: readonly { readonly engine: EngineName; readonly reason: string }[];
}

export interface EngineResult {
	readonly engine: EngineName;
	/** Which kernels ran, for people. */
	readonly kernels: string;
	readonly figures: Readonly<Partial<Record<MetricName, Figure>>>;
	/** Of the scenario "requests", one series a round. */
	readonly memorySeries?: readonly (readonly number[])[];
}

/** A figure over all rounds. */
export interface Figure extends Sample {
	/** One a round, in order. */
	readonly rounds: readonly Sample[];
	/** To the engine that the others are compared with: the median over the rounds of both in turn. */
	readonly ratio?: number;
	/** The same by processor time; with one thread only. */
	readonly cpuRatio?: number;
}

/** Medians over the rounds; of `fastest`, the least. */
export function figureOf(rounds: readonly Sample[], base: readonly Sample[] | undefined): Figure {
	const fastest = present(rounds.map((sample) => sample.fastest));
	const cpu = present(rounds.map((sample) => sample.cpu));
	const ratio = medianRatio(rounds, base, ({ value }) => value);
	const cpuRatio = medianRatio(rounds, base, (sample) => sample.cpu);
	return {
		value: round(medianOf(rounds.map(({ value }) => value))),
		...(fastest.length > 0 && { fastest: round(Math.min(...fastest)) }),
		...(cpu.length > 0 && { cpu: round(medianOf(cpu)) }),
		rounds,
		...(ratio !== undefined && { ratio }),
		...(cpuRatio !== undefined && { cpuRatio }),
	};
}

function medianRatio(
	rounds: readonly Sample[],
	base: readonly Sample[] | undefined,
	part: (sample: Sample) => number | undefined,
): number | undefined {
	const ratios = rounds.flatMap((sample, index) => {
		const other = base?.[index];
		const [value, otherValue] = [part(sample), other && part(other)];
		return value === undefined || otherValue === undefined || otherValue === 0
			? []
			: [value / otherValue];
	});
	return ratios.length === 0 ? undefined : round(medianOf(ratios));
}

/** Of an even count the middle of the two, so that two rounds don't become the faster one. */
function medianOf(values: readonly number[]): number {
	return (
		(percentile(values, 0.5) -
			percentile(
				values.map((value) => -value),
				0.5,
			)) /
		2
	);
}

function present(values: readonly (number | undefined)[]): readonly number[] {
	return values.filter((value) => value !== undefined);
}

/** The figure as people read it: tokens a second for prompts, else with its unit. */
export function readable(metric: Metric, value: number): string {
	return metric.tokens === undefined
		? `${value} ${metric.unit}`
		: `${Math.round((1000 * metric.tokens) / value)} tokens/s`;
}

/** The comparison as a Markdown document of one table. */
export function asMarkdown(comparison: Comparison): string {
	const { machine, engines, rounds, load, threads } = comparison;
	const base = engines.at(-1)?.engine;
	const byCpu = threads === 1;
	const head = [
		`# ${comparison.model.name}: ${engines.map(({ engine }) => engine).join(", ")}`,
		"",
		`${comparison.date}, ${machine.processor} (${machine.instructionSets.join(", ")}), ${machine.logicalCores} cores, ` +
			`${threads === 1 ? "1 thread" : `${threads} threads`}, instructions: ${comparison.instructions}. ` +
			`Load of the machine ${load.least} to ${load.most}. ${rounds === 1 ? "1 round" : `${rounds} rounds`}, each engine in turn, fresh processes, medians. ` +
			`Weights ${comparison.model.weightsSha256.slice(0, 12)}.`,
		"",
		...engines.map(({ engine, kernels }) => `- ${engine}: ${kernels}`),
		...comparison.left.map(({ engine, reason }) => `- ${engine} was left out: ${reason}`),
		"",
		byCpu
			? "“cpu” is the processor time of the same passes: what they take where the machine does nothing else. " +
				`× is the time of ${base ?? "the last"} that an engine takes, by processor time where there is one.`
			: `× is the time of ${base ?? "the last"} that an engine takes.`,
		"",
	];
	const table = [
		["", ...engines.map(({ engine }) => engine)],
		["---", ...engines.map(() => "---")],
		...metricNames
			.filter((name) => engines.some(({ figures }) => figures[name] !== undefined))
			.map((name) => [
				metrics[name].title,
				...engines.map(({ figures }) => cell(metrics[name], figures[name], byCpu)),
			]),
	];
	return [...head, ...table.map((row) => `| ${row.join(" | ")} |`), ""].join("\n");
}

function cell(metric: Metric, figure: Figure | undefined, byCpu: boolean): string {
	if (figure === undefined) {
		return "";
	}
	const cpu = byCpu && figure.cpu !== undefined ? ` (cpu ${readable(metric, figure.cpu)})` : "";
	const ratio = byCpu ? (figure.cpuRatio ?? figure.ratio) : figure.ratio;
	return `${readable(metric, figure.value)}${cpu}${ratio === undefined ? "" : `, ${ratio} ×`}`;
}
