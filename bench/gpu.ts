/**
 * All that is to be known about a graphics card, in one run: how long passes take on it and on the processor, whether both compute
 * the same, and whether memory grows. What can't be opened is reported with its reason, and the others go on; the exit code is then 1.
 *
 *     node --experimental-transform-types bench/gpu.ts [--model folder] [--forms processor,cuda] [--libraries folder]
 *         [--prompts 200] [--requests 10000] [--threads 0] > bench/results/DATE-gpu.json
 *
 * `--libraries`: the folder with ONNX Runtime and its provider for CUDA, as the setting `mote.engine.gpuLibraries`.
 * `--tokens`: "sources", "random" for models of random weights (bench/gpu/shapedModel.ts), or a file of bench/gpu/writeTokens.ts.
 * `--pasts 0,1024,4096` and `--chunks 512,2048`: what decode and prefill are timed at; "" leaves them out.
 * `--out`: a file that is written again behind each figure, so that what hangs takes nothing with it.
 * Without a graphics card `--forms processor,dense-rehearsal,half-rehearsal` runs the same graphs, and the same code, on the
 * processor's provider: what it says about time is of no use, all else is.
 */

import { rename, writeFile } from "node:fs/promises";
import { arch, availableParallelism, cpus, platform, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { round } from "../src/cli/bench/percentile.ts";
import type { Backend } from "../src/engine/backend.ts";
import { openOrtBackend } from "../src/engine/ort/ortBackend.ts";
import { loadRuntime } from "../src/engine/ort/runtime.ts";
import { defaultThreads } from "../src/engine/ort/sessionOptions.ts";
import { openModel } from "../src/model/modelStore.ts";
import { nameList } from "./engines/engineNames.ts";
import { benchTokens } from "./gpu/benchTokens.ts";
import { exactGraph } from "./gpu/exactGraph.ts";
import { forms, type Form } from "./gpu/forms.ts";
import { measureForm, type FormFigures } from "./gpu/measureForm.ts";
import { openForm } from "./gpu/openForm.ts";
import { promptRows } from "./gpu/promptRows.ts";

const numbers = z
	.string()
	.transform((text) => (text === "" ? [] : text.split(",").map(Number)))
	.pipe(z.array(z.int().nonnegative()));

const options = z
	.object({
		model: z.string(),
		forms: nameList(forms),
		libraries: z.string().optional(),
		tokens: z.string(),
		pasts: numbers,
		chunks: numbers,
		prompts: z.coerce.number().int().nonnegative(),
		tolerance: z.coerce.number().positive(),
		requests: z.coerce.number().int().nonnegative(),
		threads: z.coerce.number().int().nonnegative(),
		out: z.string().optional(),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string", default: join(import.meta.dirname, "../models/mote-base") },
				forms: { type: "string", default: "processor,cuda,webgpu" },
				libraries: { type: "string" },
				tokens: { type: "string", default: "sources" },
				pasts: { type: "string", default: "0,1024,4096" },
				chunks: { type: "string", default: "512,2048" },
				prompts: { type: "string", default: "200" },
				// By how much two runtimes may differ.
				tolerance: { type: "string", default: "0.02" },
				requests: { type: "string", default: "10000" },
				threads: { type: "string", default: "0" },
				out: { type: "string" },
			},
		}).values,
	);

const model = await openModel(options.model);
const threads = options.threads || defaultThreads(availableParallelism(), arch());
const tokens = await benchTokens(options.tokens, model, options.prompts);
const { pasts, chunks, requests, tolerance } = options;
let expected: Promise<readonly (readonly Float32Array[])[]> | undefined;

// Before CUDA brings a library of the same name: the loader would take that for this one's, of whatever version it is.
await loadRuntime();

const results: Partial<Record<Form, FormFigures>> = {};
for (const form of options.forms) {
	process.stderr.write(`${form}\n`);
	await measure(form);
}
process.stdout.write(report());
if (Object.values(results).some((figures) => "failed" in figures)) {
	process.exitCode = 1;
}

function report(): string {
	const machine = {
		processor: cpus()[0]?.model,
		system: `${platform()}-${arch()} ${release()}`,
		threads,
	};
	const { name, layers } = model.manifest;
	return `${JSON.stringify({ machine, model: name, layers, results }, undefined, 2)}\n`;
}

async function measure(form: Form): Promise<void> {
	let loadMs: number | undefined;
	let found: FormFigures = {};
	const keep = async (figures: FormFigures): Promise<void> => {
		found = figures;
		results[form] = { loadMs, ...found };
		await save();
	};
	let backend: Backend | undefined;
	try {
		const startMs = performance.now();
		backend = await openForm(form, { model, threads, gpuLibraries: options.libraries });
		loadMs = round(performance.now() - startMs);
		const plan = { pasts, chunks, requests, tokens, tolerance };
		await measureForm(backend, { ...plan, expected: () => (expected ??= expectedRows()) }, keep);
	} catch (error) {
		await keep({ ...found, failed: error instanceof Error ? error.message : String(error) });
	} finally {
		await backend?.dispose();
	}
}

/** Whole or not there: whoever ends this process for its time reads what was found until then. */
async function save(): Promise<void> {
	if (options.out !== undefined) {
		await writeFile(`${options.out}.part`, report());
		await rename(`${options.out}.part`, options.out);
	}
}

/** What the processor computes without rounding activations to 8 bits, for every prompt. */
async function expectedRows(): Promise<readonly (readonly Float32Array[])[]> {
	await using exact = await exactGraph(model);
	const backend = await openOrtBackend({
		graphPath: exact.path,
		manifest: model.manifest,
		threads,
	});
	const rows: (readonly Float32Array[])[] = [];
	for (const prompt of tokens.prompts) {
		rows.push(await promptRows(backend, prompt));
	}
	await backend.dispose();
	return rows;
}
