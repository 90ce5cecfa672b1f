/**
 * All that is to be known about a graphics card, in one run: how long passes take on it and on the processor, whether both compute
 * the same, and whether memory grows. What can't be opened is reported with its reason, and the others go on.
 *
 *     node --experimental-transform-types bench/gpu.ts [--model folder] [--forms processor,cuda] [--libraries folder]
 *         [--prompts 200] [--requests 10000] [--threads 0] > bench/results/DATE-gpu.json
 *
 * `--libraries`: the folder with ONNX Runtime and its provider for CUDA, as the setting `mote.engine.gpuLibraries`.
 * Without a graphics card `--forms processor,dense-rehearsal,half-rehearsal` runs the same graphs, and the same code, on the
 * processor's provider: what it says about time is of no use, all else is.
 */

import { readFile } from "node:fs/promises";
import { arch, availableParallelism, cpus, platform, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { cyclicTokens, type TokenSupply } from "../src/cli/bench/engineScenarios.ts";
import { round } from "../src/cli/bench/percentile.ts";
import type { Backend } from "../src/engine/backend.ts";
import { openOrtBackend } from "../src/engine/ort/ortBackend.ts";
import { defaultThreads } from "../src/engine/ort/sessionOptions.ts";
import { openModel } from "../src/model/modelStore.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import type { TokenId } from "../src/tokenizer/tokenizer.ts";
import { decodeMs, prefillMs, verifyMs } from "./engines/backendScenarios.ts";
import { nameList } from "./engines/engineNames.ts";
import { sourcePrompts } from "./engines/sourcePrompts.ts";
import { exactGraph } from "./gpu/exactGraph.ts";
import { forms, openForm, type Form } from "./gpu/openForm.ts";
import { promptRows } from "./gpu/promptRows.ts";
import { addAgreements, logitAgreement, noRows } from "./gpu/logitAgreement.ts";

const options = z
	.object({
		model: z.string(),
		forms: nameList(forms),
		libraries: z.string().optional(),
		prompts: z.coerce.number().int().nonnegative(),
		requests: z.coerce.number().int().nonnegative(),
		threads: z.coerce.number().int().nonnegative(),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string", default: join(import.meta.dirname, "../models/mote-base") },
				forms: { type: "string", default: "processor,cuda,webgpu" },
				libraries: { type: "string" },
				prompts: { type: "string", default: "200" },
				requests: { type: "string", default: "10000" },
				threads: { type: "string", default: "0" },
			},
		}).values,
	);

/** By how much two runtimes may differ. */
const tolerance = 0.02;
const promptTokens = 96;
const pasts = [0, 1024, 4096];
const drafts = [4, 8];
const chunks = [512, 2048];

const root = join(import.meta.dirname, "..");
const model = await openModel(options.model);
const threads = options.threads || defaultThreads(availableParallelism(), arch());
const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
const supply = cyclicTokens(
	tokenizer.encode(await readFile(join(root, "src/engine/localEngine.ts"), "utf8")),
);
const prompts = (await sourcePrompts(root, tokenizer, options.prompts)).map((prompt) =>
	prompt.slice(-promptTokens),
);
const expected = await expectedRows();

const results: Partial<Record<Form, unknown>> = {};
for (const form of options.forms) {
	process.stderr.write(`${form}\n`);
	results[form] = await measured(form);
}
const report = {
	machine: { processor: cpus()[0]?.model, system: `${platform()}-${arch()} ${release()}`, threads },
	model: model.manifest.name,
	results,
};
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);

/** What the processor computes without rounding activations to 8 bits, for every prompt. */
async function expectedRows(): Promise<readonly (readonly Float32Array[])[]> {
	if (prompts.length === 0) {
		return [];
	}
	await using exact = await exactGraph(model);
	const backend = await openOrtBackend({
		graphPath: exact.path,
		manifest: model.manifest,
		threads,
	});
	const rows: (readonly Float32Array[])[] = [];
	for (const prompt of prompts) {
		rows.push(await promptRows(backend, prompt));
	}
	await backend.dispose();
	return rows;
}

async function measured(form: Form): Promise<unknown> {
	let backend: Backend | undefined;
	try {
		const startMs = performance.now();
		backend = await openForm(form, { model, threads, gpuLibraries: options.libraries });
		const loadMs = round(performance.now() - startMs);
		const found = {
			loadMs,
			runs: backend.kvLayout.id,
			...(await times(backend, supply)),
			agreement: await agreement(backend),
			grownBytes: await growth(backend, supply),
		};
		return found;
	} catch (error) {
		return { failed: error instanceof Error ? error.message : String(error) };
	} finally {
		await backend?.dispose();
	}
}

async function times(backend: Backend, tokens: TokenSupply): Promise<Record<string, number>> {
	const found: Record<string, number> = {};
	const fits = (positions: number): boolean => positions + 64 <= backend.contextLength;
	for (const past of pasts.filter(fits)) {
		found[`decodeMs.${past}`] = round((await decodeMs(backend, tokens, past)).median);
	}
	for (const draft of drafts.filter(() => fits(1024))) {
		found[`verifyMs.${draft}`] = round((await verifyMs(backend, tokens, 1024, draft)).median);
	}
	for (const chunk of chunks.filter(fits)) {
		const { median } = await prefillMs(backend, tokens, chunk, 3);
		found[`prefillTokensPerS.${chunk}`] = Math.round((1000 * chunk) / median);
	}
	return found;
}

async function agreement(backend: Backend): Promise<unknown> {
	let sum = noRows;
	for (const [index, prompt] of prompts.entries()) {
		const rows = await promptRows(backend, prompt);
		sum = addAgreements(sum, logitAgreement(rows, expected[index] ?? [], tolerance));
	}
	return { prompts: prompts.length, tolerance, ...sum };
}

/** How much memory of this process small requests leave behind: each has a cache of its own. */
async function growth(backend: Backend, tokens: TokenSupply): Promise<number | undefined> {
	if (options.requests === 0) {
		return undefined;
	}
	const request = async (start: number): Promise<void> => {
		const cache = backend.createKvCache(40);
		const prompt: readonly TokenId[] = tokens(32, start);
		await backend.forward(cache, prompt, 1);
		await backend.forward(cache, tokens(1, start + 32), 1);
		cache.dispose();
	};
	const warmup = Math.min(200, options.requests);
	for (let i = 0; i < warmup; i++) {
		await request(i);
	}
	const before = process.memoryUsage.rss();
	for (let i = warmup; i < options.requests; i++) {
		await request(i);
	}
	return process.memoryUsage.rss() - before;
}
