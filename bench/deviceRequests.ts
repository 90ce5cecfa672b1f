/**
 * Whether many small requests leave anything behind on the ways to a device: memory and open files of this process, and of that in
 * which the device is. All on the processor's provider, through the code that a device runs through.
 *
 *     node --experimental-transform-types bench/deviceRequests.ts [--model folder] [--ways dense,half,process,fallback]
 *         [--requests 10000] > bench/results/DATE-device-requests.json
 *
 * Without `--model` a tiny one of random weights: what is looked for hangs on requests, not on what they compute.
 * `fallback` is `process` behind a `FallbackBackend`; half way its process is killed, and the processor goes on with the caches
 * that are there. Linux only: files and memory are counted in /proc.
 */

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { systemClock } from "../src/base/clock.ts";
import { nullLogger } from "../src/base/log.ts";
import { forkProcess } from "../src/base/process/forkProcess.ts";
import { openDeviceProcess } from "../src/engine/deviceProcess/deviceProcessBackend.ts";
import { FallbackBackend } from "../src/engine/fallbackBackend.ts";
import type { Backend } from "../src/engine/backend.ts";
import { openDeviceBackend } from "../src/engine/ort/deviceBackend.ts";
import { openModel } from "../src/model/modelStore.ts";
import { tokenAt } from "../src/tokenizer/tokenIds.ts";
import type { TokenId } from "../src/tokenizer/tokenizer.ts";
import { nameList } from "./engines/engineNames.ts";
import { importTinyModel } from "../test/support/tinyModel.ts";
import { openForm } from "./gpu/openForm.ts";

const ways = ["dense", "half", "process", "fallback"] as const;
type Way = (typeof ways)[number];

const options = z
	.object({
		model: z.string().optional(),
		ways: nameList(ways),
		requests: z.coerce.number().int().min(100),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string" },
				ways: { type: "string", default: ways.join(",") },
				requests: { type: "string", default: "10000" },
			},
		}).values,
	);

const samples = 10;
const promptTokens = 8;
const threads = 1;
const tiny = options.model === undefined ? await importTinyModel("int4") : undefined;
const model = await openModel(options.model ?? tiny?.folder ?? "");

interface Footprint {
	readonly requests: number;
	readonly rssMb: number;
	readonly openFiles: number;
	/** Of the device's process; undefined where there is none. */
	readonly childRssMb: number | undefined;
	readonly childOpenFiles: number | undefined;
}

interface OpenedWay {
	readonly backend: Backend;
	/** Takes the device away. */
	readonly lose?: () => void;
}

async function openWay(way: Way): Promise<OpenedWay> {
	switch (way) {
		case "dense":
		case "half":
			return {
				backend: await openForm(`${way}-rehearsal`, { model, threads, gpuLibraries: undefined }),
			};
		case "process":
			return { backend: await openProcess() };
		case "fallback": {
			const primary = await openProcess();
			const backend = new FallbackBackend({
				primary,
				openStandIn: () =>
					openDeviceBackend({
						graphPath: model.denseGraphPath ?? model.graphPath,
						...{ manifest: model.manifest, threads, provider: "cpu" },
					}),
				// Nothing hangs here, and a busy machine is no device that hangs.
				...{ maxPassMs: 60_000, msPerByte: 0 },
				clock: systemClock,
				onFallback: (cause) => process.stderr.write(`${String(cause)}\n`),
			});
			return { backend, lose: () => primary.kill() };
		}
	}
}

async function openProcess() {
	return await openDeviceProcess({
		process: forkProcess({
			childPath: join(import.meta.dirname, "gpu/rehearsalChild.ts"),
			execPath: undefined,
			name: "device",
			nodeArguments: ["--experimental-transform-types", "--no-warnings"],
			environment: process.env,
			logger: { ...nullLogger, warn: (line) => void process.stderr.write(`${line}\n`) },
		}),
		request: { provider: "webgpu", modelFolder: dirname(model.weightsPath), threads },
		manifest: model.manifest,
		clock: systemClock,
		signal: new AbortController().signal,
	});
}

/** As a completion: a prompt, steps, a draft that is rejected, and every tenth time a copy, as where a place is left and come back to. */
async function request(backend: Backend, number: number): Promise<void> {
	const tokens = (count: number, from: number): readonly TokenId[] =>
		Array.from({ length: count }, (_, i) =>
			tokenAt(((number + from + i) * 7919) % backend.vocabularySize),
		);
	const cache = backend.createKvCache(64);
	await backend.forward(cache, tokens(promptTokens, 0), 1);
	await backend.forward(cache, tokens(3, promptTokens), 3);
	cache.rewindTo(promptTokens + 1);
	await backend.forward(cache, tokens(1, promptTokens + 1), 1);
	if (number % 10 === 0) {
		const copy = cache.copyPrefix(promptTokens, 64);
		await backend.forward(copy, tokens(1, promptTokens), 1);
		copy.dispose();
	}
	cache.dispose();
}

async function measured(way: Way): Promise<readonly Footprint[]> {
	const { backend, lose } = await openWay(way);
	const found: Footprint[] = [];
	const step = Math.floor(options.requests / samples);
	for (let number = 1; number <= step * samples; number++) {
		await request(backend, number);
		if (number % step === 0) {
			const now = await footprint(number);
			process.stderr.write(`${JSON.stringify(now)}\n`);
			found.push(now);
		}
		if (number === (step * samples) / 2) {
			lose?.();
		}
	}
	await backend.dispose();
	return found;
}

async function footprint(requests: number): Promise<Footprint> {
	const children = await textOf(`/proc/self/task/${process.pid}/children`);
	const [child] = children.split(" ").filter((id) => id.trim() !== "");
	return {
		requests,
		rssMb: await rssMb("self"),
		openFiles: await openFiles("self"),
		childRssMb: child === undefined ? undefined : await rssMb(child),
		childOpenFiles: child === undefined ? undefined : await openFiles(child),
	};
}

async function rssMb(id: string): Promise<number> {
	const [, kilobytes = "0"] = /VmRSS:\s+(\d+) kB/.exec(await textOf(`/proc/${id}/status`)) ?? [];
	return Math.round(Number(kilobytes) / 1024);
}

async function openFiles(id: string): Promise<number> {
	return (await readdir(`/proc/${id}/fd`)).length;
}

const textOf = (path: string): Promise<string> => readFile(path, "utf8");

const results: Partial<Record<Way, readonly Footprint[]>> = {};
for (const way of options.ways) {
	process.stderr.write(`${way}\n`);
	results[way] = await measured(way);
}
await tiny?.remove();
const report = { model: model.manifest.name, requests: options.requests, results };
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exit(0);
