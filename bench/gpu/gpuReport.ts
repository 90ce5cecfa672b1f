import { round } from "../../src/cli/bench/percentile.ts";
import { forms } from "./forms.ts";
import { layersIn } from "./shapedCheckpoint.ts";

/** Figures of a form by their names: those of bench/gpu.ts and of bench/gpu/torchDecoder.py. */
export type Figures = Readonly<Record<string, unknown>>;

/** What one program found about one model. */
export interface Measurement {
	readonly model: string;
	/** By forms, and by ways of PyTorch. */
	readonly results: Readonly<Record<string, Figures>>;
}

/** One step of bench/gpu/session.sh. */
export interface SessionStep {
	readonly name: string;
	readonly seconds: number;
	/** "done", or what became of it. */
	readonly state: string;
	/** What it said at the end, or what was wrong. */
	readonly detail: string;
}

export interface GpuFindings {
	readonly date: string;
	/** What the machine is, a line each. */
	readonly machine: readonly string[];
	readonly measurements: readonly Measurement[];
	/** Figures of `mote bench` by what ran the model. */
	readonly bench: Readonly<Record<string, Figures>>;
	readonly steps: readonly SessionStep[];
}

/** What a graphics card has to reach with the model that ships. */
const targets = [
	{ title: "decode, 1024 past", key: "decodeMs.1024", unit: "ms", atMost: 1.5 },
	{
		title: "prefill of 2048 in one pass",
		key: "prefillTokensPerS.2048",
		unit: "tokens/s",
		atLeast: 60_000,
	},
] as const;
const targetModel = "mote-base";
const targetForm = "cuda";

const devices: ReadonlySet<string> = new Set(
	forms.filter((form) => form !== "processor" && !form.endsWith("-rehearsal")),
);

/** A session as a Markdown document. */
export function asMarkdown(findings: GpuFindings): string {
	const models = byModel(findings.measurements);
	return [
		`# Graphics card, ${findings.date}`,
		"",
		...(isRehearsal(models)
			? [
					"**This was a rehearsal on the processor: its times say nothing about a graphics card.**",
					"",
				]
			: []),
		...findings.machine.map((line) => `- ${line}`),
		"",
		"## Targets",
		"",
		...table([["mote-base on CUDA", "wanted", "measured", ""], ...targetRows(models)]),
		...[...models].flatMap(([model, results]) => modelSection(model, results)),
		...[...shapesOf(models)].flatMap(([shape, depths]) => depthSection(shape, depths)),
		...benchSection(findings.bench),
		"## Steps",
		"",
		...table([
			["step", "seconds", "", ""],
			...findings.steps.map(({ name, seconds, state, detail }) => [
				name,
				String(seconds),
				state,
				state === "done" ? "" : plain(detail),
			]),
		]),
	].join("\n");
}

type Results = Readonly<Record<string, Figures>>;

/** What several programs found about one form of a model is one column. */
function byModel(measurements: readonly Measurement[]): ReadonlyMap<string, Results> {
	const models = new Map<string, Record<string, Figures>>();
	for (const { model, results } of measurements) {
		const known = models.get(model) ?? {};
		for (const [form, figures] of Object.entries(results)) {
			known[form] = { ...known[form], ...figures };
		}
		models.set(model, known);
	}
	return models;
}

function isRehearsal(models: ReadonlyMap<string, Results>): boolean {
	return ![...models.values()].some((results) =>
		Object.entries(results).some(
			([form, figures]) =>
				devices.has(form) && Object.keys(figures).some((key) => key.startsWith("decodeMs.")),
		),
	);
}

function targetRows(models: ReadonlyMap<string, Results>): readonly (readonly string[])[] {
	const figures = models.get(targetModel)?.[targetForm];
	return targets.map((target) => {
		const value = numberIn(figures, target.key);
		const wanted =
			"atMost" in target
				? `at most ${target.atMost} ${target.unit}`
				: `at least ${target.atLeast} ${target.unit}`;
		if (value === undefined) {
			const reason = figures?.["failed"];
			const because = typeof reason === "string" ? `: ${plain(reason)}` : "";
			return [target.title, wanted, `not measured${because}`, ""];
		}
		const isMet = "atMost" in target ? value <= target.atMost : value >= target.atLeast;
		return [target.title, wanted, `${value} ${target.unit}`, isMet ? "met" : "missed"];
	});
}

function modelSection(model: string, results: Results): readonly string[] {
	const names = Object.keys(results).sort((a, b) => rankOf(a) - rankOf(b));
	const measured = names.filter((name) =>
		rows.some(({ key }) => Object.keys(results[name] ?? {}).some((found) => key.test(found))),
	);
	const keys = [...new Set(measured.flatMap((name) => Object.keys(results[name] ?? {})))];
	const body = rows.flatMap((row) =>
		keys
			.filter((key) => row.key.test(key))
			.sort((a, b) => sizeIn(a) - sizeIn(b))
			.map((key) => [
				row.title(sizeIn(key)),
				...measured.map((name) => cell(row, results[name]?.[key])),
			]),
	);
	const notes = names.flatMap((name) => {
		const { runs, failed } = results[name] ?? {};
		return [
			...(typeof runs === "string" ? [`- ${name}: ${plain(runs)}`] : []),
			...(typeof failed === "string" ? [`- ${name} failed: ${plain(failed)}`] : []),
		];
	});
	return [`## ${model}`, "", ...notes, "", ...table([["", ...measured], ...body])];
}

interface Row {
	readonly key: RegExp;
	/** `size`: the number at the end of the key. */
	readonly title: (size: number) => string;
	readonly text: (value: unknown) => string | undefined;
}

const withUnit =
	(unit: string, scale = 1) =>
	(value: unknown): string | undefined =>
		typeof value === "number" ? `${round(value * scale)} ${unit}` : undefined;

const rows: readonly Row[] = [
	{ key: /^decodeMs\.\d+$/, title: (past) => `decode, ${past} past`, text: withUnit("ms") },
	{
		key: /^verifyMs\.\d+$/,
		title: (draft) => `verify ${draft}, 1024 past`,
		text: withUnit("ms"),
	},
	{
		key: /^prefillTokensPerS\.\d+$/,
		title: (tokens) => `prefill of ${tokens} in one pass`,
		text: withUnit("tokens/s"),
	},
	{ key: /^loadMs$/, title: () => "load", text: withUnit("ms") },
	{ key: /^agreement$/, title: () => "logits against the processor's", text: agreementText },
	{ key: /^requests$/, title: () => "small requests", text: withUnit("") },
	{ key: /^grownBytes$/, title: () => "memory that they left", text: withUnit("MB", 2 ** -20) },
	{
		key: /^grownDeviceBytes$/,
		title: () => "of the card",
		text: withUnit("MB", 2 ** -20),
	},
];

const cell = ({ text }: Row, value: unknown): string => text(value)?.trim() ?? "";

function agreementText(value: unknown): string | undefined {
	if (typeof value !== "object" || value === null) {
		return undefined;
	}
	const figures = Object.fromEntries(Object.entries(value));
	const count = (key: string): number => numberIn(figures, key) ?? NaN;
	return (
		`${count("rows")} rows, at most ${Number(count("largestDelta").toPrecision(2))} apart, ` +
		`${count("beyondTolerance")} by more than ${count("tolerance")}, ${count("wrongBest")} wrong`
	);
}

const sizeIn = (key: string): number => Number(/\d+$/.exec(key)?.[0] ?? 0);

/** Devices first, then the processor, then PyTorch. */
function rankOf(name: string): number {
	if (devices.has(name)) {
		return 0;
	}
	return name.startsWith("torch") ? 2 : 1;
}

interface Depth {
	readonly layers: number;
	readonly all: number;
	readonly results: Results;
}

function shapesOf(models: ReadonlyMap<string, Results>): ReadonlyMap<string, readonly Depth[]> {
	const shapes = new Map<string, Depth[]>();
	for (const [model, results] of models) {
		const found = layersIn(model);
		if (found !== undefined) {
			const { shape, layers, all } = found;
			shapes.set(shape, [...(shapes.get(shape) ?? []), { layers, all, results }]);
		}
	}
	return shapes;
}

/** What all layers would take, by a straight line through the least and the most layers that were measured. */
function depthSection(shape: string, depths: readonly Depth[]): readonly string[] {
	const sorted = depths.toSorted((a, b) => a.layers - b.layers);
	const [least, most] = [sorted[0], sorted.at(-1)];
	if (least === undefined || most === undefined || least.layers === most.layers) {
		return [];
	}
	const names = Object.keys(most.results).filter((name) => name in least.results);
	const keys = [...new Set(names.flatMap((name) => Object.keys(most.results[name] ?? {})))];
	const body = rows.slice(0, 3).flatMap((row) =>
		keys
			.filter((key) => row.key.test(key))
			.sort((a, b) => sizeIn(a) - sizeIn(b))
			.map((key) => [
				row.title(sizeIn(key)),
				...names.map((name) => computedCell(key, name, least, most)),
			]),
	);
	return [
		`## ${shape}, all ${most.all} layers: computed, not measured`,
		"",
		`From ${least.layers} and ${most.layers} layers, by a straight line through both; in brackets a layer's share.`,
		"",
		...table([["", ...names], ...body]),
	];
}

function computedCell(key: string, name: string, least: Depth, most: Depth): string {
	const msOf = ({ results }: Depth): number | undefined => {
		const value = numberIn(results[name], key);
		return value === undefined || !isRate(key) ? value : (1000 * sizeIn(key)) / value;
	};
	const [leastMs, mostMs] = [msOf(least), msOf(most)];
	if (leastMs === undefined || mostMs === undefined) {
		return "";
	}
	const layerMs = (mostMs - leastMs) / (most.layers - least.layers);
	if (layerMs <= 0) {
		return "more layers took no longer";
	}
	const allMs = leastMs + (most.all - least.layers) * layerMs;
	const whole = isRate(key)
		? `${Math.round((1000 * sizeIn(key)) / allMs)} tokens/s`
		: `${round(allMs)} ms`;
	return `${whole} (${Number(layerMs.toPrecision(2))} ms)`;
}

const isRate = (key: string): boolean => key.startsWith("prefillTokensPerS.");

/** Every number that `mote bench` printed, and what ran the model. */
function benchSection(bench: Readonly<Record<string, Figures>>): readonly string[] {
	const names = Object.keys(bench);
	if (names.length === 0) {
		return [];
	}
	const leaves = names.map((name) => new Map(leavesOf(bench[name])));
	const keys = [...new Set(leaves.flatMap((found) => [...found.keys()]))];
	return [
		"## mote bench",
		"",
		...table([
			["", ...names],
			...keys.map((key) => [key, ...leaves.map((found) => found.get(key) ?? "")]),
		]),
	];
}

function leavesOf(value: unknown, path = ""): readonly (readonly [string, string])[] {
	if (typeof value === "object" && value !== null) {
		return Object.entries(value).flatMap(([key, each]) =>
			leavesOf(each, path === "" ? key : `${path}.${key}`),
		);
	}
	return typeof value === "number" || typeof value === "string"
		? [[path, plain(String(value))]]
		: [];
}

function numberIn(figures: Figures | undefined, key: string): number | undefined {
	const value = figures?.[key];
	return typeof value === "number" ? value : undefined;
}

/** Fits into a cell. */
const plain = (text: string): string =>
	text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").slice(0, 600);

/** With an empty line behind it. */
function table([head = [], ...body]: readonly (readonly string[])[]): readonly string[] {
	const lines = [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`);
	return [...lines, ""];
}
