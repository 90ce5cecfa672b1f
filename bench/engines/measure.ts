/**
 * The process that one measurement runs in: opens one engine, runs one scenario and prints one line of JSON.
 * Started by bench/engines.ts, which tells it everything in one argument.
 */

import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { assert } from "../../src/base/assert.ts";
import { systemClock } from "../../src/base/clock.ts";
import {
	cancelMs,
	cyclicTokens,
	prefillTokensPerSecond,
	type TokenSupply,
} from "../../src/cli/bench/engineScenarios.ts";
import { codeText } from "../../src/cli/bench/traceFolder.ts";
import { keepLimitsFor } from "../../src/engine/keepLimits.ts";
import { LocalEngine } from "../../src/engine/localEngine.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import {
	decodeMs,
	fillMemory,
	prefillMs,
	typedCharacter,
	verifyMs,
	type PassTimes,
} from "./backendScenarios.ts";
import { memoryOverRequests, typedInEngine } from "./engineScenarios.ts";
import { currentLoad } from "../../src/cli/bench/machine.ts";
import type { Sample, Samples } from "./metrics.ts";
import { openEngine, type OpenedEngine } from "./openEngine.ts";
import { taskSchema, type Finding, type Task } from "./task.ts";

const mebibyte = 2 ** 20;
const deepPastTokens = 4096;
/** Room behind them for the steps of the scenario. */
const roomTokens = 64;
const typedPromptTokens = 1500;
const verifyPastTokens = 1024;

async function measure({ scenario, choice, requests }: Task): Promise<Finding> {
	const load = currentLoad();
	const { tokenizerPath, manifest } = await openModel(choice.modelFolder, { verify: "sizes" });
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const code = await codeText(join(import.meta.dirname, "../traces"));
	const supply = cyclicTokens(tokenizer.encode(code));
	const before = process.memoryUsage.rss();
	const start = performance.now();
	const opened = await openEngine(choice);
	const loadMs = performance.now() - start;
	const found = { kernels: opened.kernels, load };
	switch (scenario) {
		case "memory":
			return { ...found, samples: await memory(opened, supply, before, loadMs) };
		case "decode":
		case "prefill":
		case "verify":
		case "typed":
			return { ...found, samples: await onBackend(scenario, opened, supply) };
		case "engine":
		case "abort":
		case "requests": {
			const { backend } = opened;
			const { contextLength } = manifest;
			const bytesPerPosition = backend.kvLayout.prefixBytes(contextLength) / contextLength;
			const engine = new LocalEngine({
				backend,
				vocabulary: tokenizer.vocabulary,
				clock: systemClock,
				keep: keepLimitsFor(bytesPerPosition, contextLength, totalmem()),
			});
			return { ...found, ...(await onEngine(scenario, engine, supply, requests)) };
		}
	}
}

async function memory(
	{ backend }: OpenedEngine,
	supply: TokenSupply,
	before: number,
	loadMs: number,
): Promise<Samples> {
	// Other engines take the memory of a KV cache when it is made, not when it is filled.
	const room = backend.createKvCache(deepPastTokens + roomTokens);
	const loaded = process.memoryUsage.rss();
	room.dispose();
	const cache = await fillMemory(backend, supply, deepPastTokens);
	const peak = process.resourceUsage().maxRSS * 1024;
	cache.dispose();
	const aboveStart = (bytes: number): Sample => ({
		value: Math.round((bytes - before) / mebibyte),
	});
	return {
		"load.ms": { value: Math.round(loadMs) },
		"memory.loaded": aboveStart(loaded),
		"memory.peak": aboveStart(peak),
	};
}

async function onBackend(
	scenario: "decode" | "prefill" | "verify" | "typed",
	{ backend }: OpenedEngine,
	supply: TokenSupply,
): Promise<Samples> {
	switch (scenario) {
		case "decode":
			return {
				"decode.0": sampleOf(await decodeMs(backend, supply, 0)),
				"decode.1024": sampleOf(await decodeMs(backend, supply, 1024)),
				"decode.4096": sampleOf(await decodeMs(backend, supply, deepPastTokens)),
			};
		case "prefill":
			return {
				"prefill.512": sampleOf(await prefillMs(backend, supply, 512, 5)),
				"prefill.2048": sampleOf(await prefillMs(backend, supply, 2048, 3)),
			};
		case "verify": {
			const samples: Record<string, Sample> = {};
			for (const draft of [1, 2, 4, 8]) {
				const times = await verifyMs(backend, supply, verifyPastTokens, draft);
				samples[`verify.${draft}`] = sampleOf(times);
			}
			return samples;
		}
		case "typed": {
			const { first, answer } = await typedCharacter(backend, supply, typedPromptTokens);
			return { "typed.first": sampleOf(first), "typed.answer": sampleOf(answer) };
		}
	}
}

async function onEngine(
	scenario: "engine" | "abort" | "requests",
	engine: LocalEngine,
	supply: TokenSupply,
	requests: number,
): Promise<Pick<Finding, "samples" | "memorySeries">> {
	switch (scenario) {
		case "engine": {
			const { firstTokenMs, answerMs } = await typedInEngine(engine, supply, typedPromptTokens);
			const perSecond = await prefillTokensPerSecond(engine, supply, 512, 5);
			return {
				samples: {
					"engine.firstP50": { value: firstTokenMs.p50 },
					"engine.firstP95": { value: firstTokenMs.p95 },
					"engine.answerP50": { value: answerMs.p50 },
					"engine.prefill.512": { value: Math.round((512 * 1000) / perSecond) },
				},
			};
		}
		case "abort": {
			// Where a pass blocks this thread, so does it the abort: `mote bench` times that from another process.
			const { p95 } = await cancelMs(engine, supply, deepPastTokens, 44);
			return { samples: { "abort.p95": { value: p95 } } };
		}
		case "requests": {
			const memorySeries = await memoryOverRequests(engine, supply, requests);
			const [first, last] = [memorySeries[0], memorySeries.at(-1)];
			assert(first !== undefined && last !== undefined, "memory was looked at");
			return {
				samples: { "requests.growth": { value: last - first } },
				memorySeries: [...memorySeries],
			};
		}
	}
}

function sampleOf({ median, fastest, medianCpu }: PassTimes): Sample {
	return { value: median, fastest, cpu: medianCpu };
}

const task = taskSchema.parse(JSON.parse(process.argv[2] ?? ""));
process.stdout.write(`${JSON.stringify(await measure(task))}\n`);
// The scenario is over; what the engine still holds goes with the process.
process.exit(0);
