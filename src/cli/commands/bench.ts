import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { assert } from "../../base/assert.ts";
import { gpuSettings } from "../../engine/gpu/gpuProviders.ts";
import { currentLoad, describeMachine } from "../bench/machine.ts";
import { runScenario, scenarioNames, type ScenarioResult } from "../bench/scenarios.ts";
import { numberOption, usageError, type Command } from "../command.ts";
import { bundledTracesFolder, defaultModel, modelFolderOf, userCacheFolder } from "../defaults.ts";

const run = promisify(execFile);
const scenarioResultSchema = z.record(z.string(), z.unknown());

/** A scenario that takes longer than this hangs: the longest needs about a minute on two cores. */
const scenarioTimeoutMs = 15 * 60_000;

export const benchCommand: Command = {
	summary: "measures the engine and the pipeline on this machine",
	usage: `mote bench [--json] [--model <model>] [--traces <folder>] [--threads <n>] [--scenario <name>]
           [--gpu <setting>] [--gpu-libraries <folder>]

Runs each scenario in a fresh process and prints medians: ${scenarioNames.join(", ")}.
Keystroke figures replay the typing traces through the whole pipeline, the debounce not counted; between two
keys lies the time that lies between them in the trace, as long as something is read in it.
The report names what ran the model and why, the processor with the sets of instructions that matter,
and the machine's load: compare only what has the same.

  --json            one JSON object instead of lines
  --scenario        only this one, in this process
  --gpu             what may run the model beside the processor: ${gpuSettings.join(", ")}; off unless given
  --gpu-libraries   the folder with ONNX Runtime and its provider for CUDA`,

	async run(args) {
		const { values } = parseArgs({
			args: [...args],
			options: {
				json: { type: "boolean", default: false },
				model: { type: "string", default: defaultModel },
				traces: { type: "string", default: bundledTracesFolder },
				threads: { type: "string" },
				scenario: { type: "string" },
				gpu: { type: "string", default: "off" },
				"gpu-libraries": { type: "string" },
			},
		});
		const threads = numberOption("threads", values.threads, { min: 0, max: 256, fallback: 0 });
		const gpu = gpuSettings.find((known) => known === values.gpu);
		if (gpu === undefined) {
			throw usageError(`--gpu is one of ${gpuSettings.join(", ")}.`);
		}
		const libraries = values["gpu-libraries"];
		const options = {
			modelFolder: modelFolderOf(values.model),
			tracesFolder: values.traces,
			threads: threads === 0 ? undefined : threads,
			cacheFolder: userCacheFolder,
			gpu,
			...(libraries !== undefined && { gpuLibraries: resolve(libraries) }),
		};
		if (values.scenario !== undefined) {
			const name = scenarioNames.find((known) => known === values.scenario);
			if (name === undefined) {
				throw usageError(`--scenario is one of ${scenarioNames.join(", ")}.`);
			}
			process.stdout.write(`${JSON.stringify(await runScenario(name, options))}\n`);
			return 0;
		}
		const report = await runAll([
			...["--model", values.model, "--traces", values.traces, "--threads", String(threads)],
			...["--gpu", gpu, ...(libraries === undefined ? [] : ["--gpu-libraries", libraries])],
		]);
		process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : asLines(report));
		return 0;
	},
};

/** Every scenario in a process of its own, one after the other, so that none disturbs another. */
async function runAll(args: readonly string[]): Promise<ScenarioResult> {
	const program = process.argv[1];
	assert(program !== undefined, "a program was started from a file");
	const loadBefore = currentLoad();
	let report: ScenarioResult = {};
	let peakRssMb = 0;
	for (const name of scenarioNames) {
		process.stderr.write(`${name} …\n`);
		const { stdout } = await run(
			process.execPath,
			[program, "bench", "--scenario", name, ...args],
			{ timeout: scenarioTimeoutMs },
		);
		const result = scenarioResultSchema.parse(JSON.parse(stdout));
		peakRssMb = Math.max(peakRssMb, z.number().default(0).parse(result["peakRssMb"]));
		report = { ...report, ...result };
	}
	const { processor: cpu, ...machine } = await describeMachine();
	return {
		...report,
		peakRssMb,
		machine: {
			...{ cpu, ...machine, node: process.version },
			// What ran beside: before the first scenario, and in the last minute, which Mote's own threads are part of.
			...{ loadBefore, loadAfter: currentLoad() },
		},
		date: new Date().toISOString().slice(0, 10),
	};
}

function asLines(report: ScenarioResult): string {
	return Object.entries(report)
		.map(
			([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
		)
		.join("");
}
