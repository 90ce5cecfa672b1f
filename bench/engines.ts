/**
 * Compares Mote's backends with each other and with llama.cpp on the same weights: each engine runs each
 * scenario in a process of its own, in turn, and the order turns around from round to round. Writes
 * `{out}.json`, `{out}.md` and `{out}.svg`. bench/engines/README.md says what to install.
 *
 *     node --experimental-transform-types bench/engines.ts --model folder [--checkpoint folder]
 *         [--engines native,portable,qmoe,llama.cpp] [--threads 1] [--instructions best|avx2]
 *         [--runs 3] [--requests 1000] [--scenarios decode,prefill] [--out bench/results/name]
 */

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { UserError } from "../src/base/userError.ts";
import { openModel } from "../src/model/modelStore.ts";
import {
	engineNames,
	instructionChoices,
	nameList,
	type EngineName,
} from "./engines/engineNames.ts";
import { prepareLlama, type PreparedLlama } from "./engines/llama/prepareLlama.ts";
import { currentLoad, describeMachine } from "../src/cli/bench/machine.ts";
import { instructionEnvironment } from "./engines/processor/hiddenInstructions.ts";
import {
	engineScenarioNames,
	findingSchema,
	scenarioNames,
	type Finding,
	type Task,
} from "./engines/task.ts";
import { metricNames, type MetricName, type Sample } from "./engines/metrics.ts";
import { asPicture } from "./engines/picture.ts";
import {
	asMarkdown,
	figureOf,
	type Comparison,
	type EngineResult,
	type Figure,
} from "./engines/report.ts";

const run = promisify(execFile);

/** The longest scenario of the slowest engine takes about ten minutes. */
const processTimeoutMs = 30 * 60_000;

const options = z
	.object({
		model: z.string(),
		checkpoint: z.string().optional(),
		engines: nameList(engineNames).default([...engineNames]),
		scenarios: nameList(scenarioNames).default([...scenarioNames]),
		threads: z.coerce.number().int().positive().default(1),
		instructions: z.enum(instructionChoices).default("best"),
		runs: z.coerce.number().int().positive().default(3),
		requests: z.coerce.number().int().positive().default(1000),
		out: z.string().optional(),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string", default: join(import.meta.dirname, "../models/mote-nano") },
				checkpoint: { type: "string" },
				engines: { type: "string" },
				scenarios: { type: "string" },
				threads: { type: "string" },
				instructions: { type: "string" },
				runs: { type: "string" },
				requests: { type: "string" },
				out: { type: "string" },
			},
		}).values,
	);

const { manifest } = await openModel(options.model);
const prepared = await prepareIfWanted();
const environment = { ...process.env, ...(await instructionEnvironment(options.instructions)) };
const findings = new Map<EngineName, Finding[]>(options.engines.map((engine) => [engine, []]));
const left = new Map<EngineName, string>(
	prepared.problem === undefined ? [] : [["llama.cpp", prepared.problem]],
);

for (let round = 0; round < options.runs; round++) {
	for (const scenario of options.scenarios) {
		const engines = options.engines.filter((engine) => !left.has(engine));
		for (const engine of round % 2 === 0 ? engines : engines.toReversed()) {
			if (engine === "llama.cpp" && engineScenarioNames.includes(scenario)) {
				continue;
			}
			await measureOnce(engine, scenario, round);
		}
	}
}
await report();

async function prepareIfWanted(): Promise<{ llama?: PreparedLlama; problem?: string }> {
	if (!options.engines.includes("llama.cpp")) {
		return {};
	}
	try {
		if (options.checkpoint === undefined) {
			throw new UserError(
				"noCheckpoint",
				"llama.cpp gets its weights from the checkpoint that the model was imported from; name its folder with --checkpoint.",
			);
		}
		return { llama: await prepareLlama(options.checkpoint, options.instructions) };
	} catch (error) {
		if (error instanceof UserError) {
			return { problem: error.message };
		}
		throw error;
	}
}

async function measureOnce(
	engine: EngineName,
	scenario: Task["scenario"],
	round: number,
): Promise<void> {
	const task: Task = {
		scenario,
		requests: options.requests,
		choice: {
			engine,
			modelFolder: options.model,
			threads: options.threads,
			instructions: options.instructions,
			llama: prepared.llama,
		},
	};
	process.stderr.write(`round ${round + 1}, ${scenario}, ${engine}, load ${currentLoad()}\n`);
	const { stdout } = await run(
		process.execPath,
		[
			...process.execArgv,
			"--expose-gc",
			join(import.meta.dirname, "engines/measure.ts"),
			JSON.stringify(task),
		],
		{ timeout: processTimeoutMs, env: environment },
	).catch((error: unknown) => {
		const reason = reasonOf(error);
		left.set(engine, `${scenario}: ${reason}`);
		process.stderr.write(`${engine} is left out from here on: ${reason}\n`);
		return { stdout: undefined };
	});
	if (stdout !== undefined) {
		findings.get(engine)?.push(findingSchema.parse(JSON.parse(stdout)));
	}
}

/** The error that a child ended with, without its stack. */
function reasonOf(error: unknown): string {
	const stderr = z.object({ stderr: z.string() }).safeParse(error).data?.stderr ?? String(error);
	const line = stderr.split("\n").find((candidate) => /^(\w*Error)\b.*: /.test(candidate));
	return (line ?? stderr).replace(/^\w*Error(?: \[\w+\])?: /, "").slice(0, 300);
}

function resultOf(engine: EngineName, base: EngineName | undefined): EngineResult {
	const own = findings.get(engine) ?? [];
	const memorySeries = own
		.map((finding) => finding.memorySeries)
		.filter((one) => one !== undefined);
	const figures: Partial<Record<MetricName, Figure>> = {};
	for (const name of metricNames) {
		const samples = samplesOf(engine, name);
		if (samples.length > 0) {
			const others = base === undefined || base === engine ? undefined : samplesOf(base, name);
			figures[name] = figureOf(samples, others);
		}
	}
	return {
		engine,
		kernels: own[0]?.kernels ?? "",
		figures,
		...(memorySeries.length > 0 && { memorySeries }),
	};
}

function samplesOf(engine: EngineName, metric: string): readonly Sample[] {
	return (findings.get(engine) ?? []).flatMap(({ samples }) => samples[metric] ?? []);
}

async function report(): Promise<void> {
	const measured = options.engines.filter((engine) => (findings.get(engine) ?? []).length > 0);
	const base = measured.includes("llama.cpp") ? "llama.cpp" : measured.at(-1);
	const loads = [...findings.values()].flat().map(({ load }) => load);
	const comparison: Comparison = {
		date: new Date().toISOString(),
		machine: await describeMachine(),
		model: { name: manifest.name, weightsSha256: manifest.files.weights.sha256 },
		versions: {
			node: process.version,
			...(await packageVersions()),
			...(prepared.llama && { "llama.cpp": prepared.llama.version }),
		},
		threads: options.threads,
		instructions: options.instructions,
		rounds: options.runs,
		load: { least: Math.min(...loads), most: Math.max(...loads) },
		engines: measured.map((engine) => resultOf(engine, base)),
		left: [...left].map(([engine, reason]) => ({ engine, reason })),
	};
	const markdown = asMarkdown(comparison);
	process.stdout.write(markdown);
	if (options.out !== undefined) {
		await writeFile(`${options.out}.json`, `${JSON.stringify(comparison, undefined, 2)}\n`);
		await writeFile(`${options.out}.md`, markdown);
		await writeFile(`${options.out}.svg`, asPicture(comparison));
	}
}

async function packageVersions(): Promise<Record<string, string>> {
	const root = join(import.meta.dirname, "..");
	const version = async (path: string): Promise<string> =>
		z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(root, path), "utf8")))
			.version;
	return {
		mote: await version("package.json"),
		"onnxruntime-node": await version("node_modules/onnxruntime-node/package.json"),
	};
}
