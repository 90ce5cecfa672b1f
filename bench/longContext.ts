/**
 * Reads a prompt of 131,072 tokens through the engine's own process, on a two-layer model of random weights
 * with an int8 KV cache: speed by depth, how soon a cancelled prefill ends and that it goes on where it
 * ended, completions that are served meanwhile, peak memory. Minutes of work: not for CI.
 *
 *     node --experimental-transform-types bench/longContext.ts [--kv float32] [--tokens 131072] > result.json
 */

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../src/base/clock.ts";
import { nullLogger } from "../src/base/log.ts";
import { percentile, round } from "../src/cli/bench/percentile.ts";
import type { Engine } from "../src/engine/engine.ts";
import { measureKvRanges } from "../src/engine/ort/measureKvRanges.ts";
import { kvBytesPerPosition } from "../src/engine/ort/ortKvCache.ts";
import { createSupervisedEngine } from "../src/engineProcess/supervisor.ts";
import { importCheckpoint } from "../src/importer/importCheckpoint.ts";
import { openModel } from "../src/model/modelStore.ts";
import { bundleChild } from "../test/support/bundledChild.ts";
import { answerOf, someTokens, type Answer } from "../test/support/engineRequests.ts";
import { writeRandomCheckpoint } from "../test/support/randomCheckpoint.ts";
import { printReport } from "./printReport.ts";

/** Attention over all positions is quadratic, so the heads are as small as is common. */
const shape = {
	vocab_size: 512,
	hidden_size: 64,
	num_hidden_layers: 2,
	num_attention_heads: 2,
	num_key_value_heads: 1,
	head_dim: 32,
	num_experts: 4,
	num_experts_per_tok: 2,
	moe_intermediate_size: 64,
	rope_theta: 1_000_000,
	max_position_embeddings: 131_072,
};
const bands = 8;
/** Shares of the prompt after which it is cancelled, and at which a completion is asked for meanwhile. */
const cancelAt = [0.33, 0.66, 0.99];
const completeAt = [0.1, 0.5, 0.9];

interface Report {
	readonly readTokens: number;
	readonly atMs: number;
	/** Processor time of the engine's process so far, over all threads. */
	readonly cpuMs: number;
}

const { values } = parseArgs({
	options: {
		kv: { type: "string", default: "int8" },
		tokens: { type: "string", default: String(shape.max_position_embeddings) },
	},
});
const promptTokens = Number(values.tokens);
const loadBefore = loadavg()[0];
const root = await mkdtemp(join(tmpdir(), "mote-long-"));
const child = await bundleChild("src/engineProcess/child.ts");
try {
	await writeRandomCheckpoint(join(root, "checkpoint"), { shape });
	await importCheckpoint(join(root, "checkpoint"), join(root, "model"), {
		quantization: "int4",
		kvCache:
			values.kv === "int8"
				? { kind: "int8", measure: (model, sequences) => measureKvRanges(model, sequences, 2) }
				: { kind: "float32" },
	});
	const { manifest } = await openModel(join(root, "model"));
	const supervised = createSupervisedEngine({
		childPath: child.path,
		modelFolder: join(root, "model"),
		logger: nullLogger,
		clock: systemClock,
	});
	try {
		const result = await measure(supervised.engine);
		const bytes = kvBytesPerPosition(manifest);
		printReport(
			{
				...result,
				peakRssMb: peakRssMb(),
				kvCache: manifest.kvCache,
				kvBytesPerPosition: bytes,
				kvMb: (bytes * promptTokens) / 2 ** 20,
				weightsBytes: manifest.files.weights.bytes,
				shape,
			},
			loadBefore,
		);
	} finally {
		await supervised.dispose();
	}
} finally {
	await child.remove();
	await rm(root, { recursive: true });
}

async function measure(engine: Engine): Promise<Record<string, unknown>> {
	const prompt = someTokens(promptTokens, 1, shape.vocab_size);
	// The process starts and loads the model.
	await answerOf(engine, { prompt: someTokens(64, 2), maxNewTokens: 1 });
	const runs: Report[][] = [];
	const cancels: object[] = [];
	const completions: object[] = [];
	const startMs = performance.now();
	let prefilledTokens = 0;
	let completionsAsked = 0;
	for (const share of [...cancelAt, undefined]) {
		const reports: Report[] = [];
		runs.push(reports);
		const controller = new AbortController();
		const asked: Promise<void>[] = [];
		let cancelledMs = NaN;
		let isCancelling = false;
		const answer = await answerOf(
			engine,
			{ prompt, maxNewTokens: 0, priority: "background" },
			controller.signal,
			({ readTokens }) => {
				reports.push({ readTokens, atMs: performance.now(), cpuMs: engineCpuMs() });
				const due = completeAt[completionsAsked];
				if (due !== undefined && readTokens >= due * promptTokens) {
					const seed = 2 + ++completionsAsked;
					asked.push(
						midPass()
							.then(() => completionMeanwhile(engine, readTokens, seed))
							.then((it) => void completions.push(it)),
					);
				}
				if (share !== undefined && readTokens >= share * promptTokens && !isCancelling) {
					isCancelling = true;
					asked.push(
						midPass().then(() => {
							cancelledMs = performance.now();
							controller.abort();
						}),
					);
				}
			},
		);
		const endMs = performance.now();
		await Promise.all(asked);
		prefilledTokens += answer.stats.prefilledTokens;
		progress(answer, reports);
		cancels.push({
			reusedTokens: answer.stats.reusedTokens,
			prefilledTokens: answer.stats.prefilledTokens,
			...(share === undefined
				? {}
				: {
						cancelLatencyMs: round(endMs - cancelledMs),
						tokensReadAfterCancel:
							answer.stats.reusedTokens +
							answer.stats.prefilledTokens -
							(reports.findLast(({ atMs }) => atMs <= cancelledMs)?.readTokens ?? NaN),
					}),
			finishReason: answer.finishReason,
		});
	}
	const totalSeconds = round((performance.now() - startMs) / 1000);
	const again = await answerOf(engine, { prompt, maxNewTokens: 0 });
	const decoded = await answerOf(engine, { prompt: prompt.slice(0, -16), maxNewTokens: 9 });
	return {
		promptTokens,
		totalSeconds,
		prefilledTokens,
		depths: byDepth(runs),
		requests: cancels,
		completions,
		askedAgain: { reusedTokens: again.stats.reusedTokens, ms: round(again.stats.totalMs) },
		decodeMsPerToken: round(
			(decoded.stats.totalMs - (decoded.stats.firstTokenMs ?? NaN)) /
				Math.max(1, decoded.stats.decodePasses),
		),
	};
}

/** Progress comes just after a pass; what is asked now comes in the midst of the next. */
function midPass(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 20));
}

/** A completion such as a keystroke asks for, while a long prompt is read. */
async function completionMeanwhile(engine: Engine, depth: number, seed: number): Promise<object> {
	const startMs = performance.now();
	const answer = await answerOf(engine, {
		prompt: someTokens(200, seed, shape.vocab_size),
		maxNewTokens: 8,
	});
	return {
		whileReadingToken: depth,
		queuedMs: round(answer.stats.queuedMs),
		firstTokenMs: round(answer.stats.firstTokenMs ?? NaN),
		totalMs: round(performance.now() - startMs),
		finishReason: answer.finishReason,
	};
}

/** Speed and pass lengths in equal parts of the prompt. A pass with a completion before it counts whole. */
function byDepth(runs: readonly (readonly Report[])[]): readonly object[] {
	const passes = runs.flatMap((reports) =>
		reports.slice(1).map((report, i) => ({
			depth: report.readTokens,
			tokens: report.readTokens - (reports[i]?.readTokens ?? 0),
			ms: report.atMs - (reports[i]?.atMs ?? 0),
			cpuMs: report.cpuMs - (reports[i]?.cpuMs ?? 0),
		})),
	);
	return Array.from({ length: bands }, (_, band) => {
		const from = (band * promptTokens) / bands;
		const to = ((band + 1) * promptTokens) / bands;
		const inside = passes.filter(({ depth }) => depth > from && depth <= to);
		const seconds = inside.reduce((sum, { ms }) => sum + ms, 0) / 1000;
		const tokens = inside.reduce((sum, pass) => sum + pass.tokens, 0);
		const times = inside.map(({ ms }) => ms);
		return {
			fromToken: from,
			toToken: to,
			tokensPerSecond: Math.round(tokens / seconds),
			seconds: round(seconds),
			// On a busy machine the measure of the work: both cores for half of this time is the least it takes.
			cpuSeconds: round(inside.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / 1000),
			passes: inside.length,
			passMs: { p50: round(percentile(times, 0.5)), p99: round(percentile(times, 0.99)) },
		};
	});
}

/** What Linux tells of the engine's process, the only child; elsewhere nothing, and the figures are missing. */
function ofEngine(file: "status" | "stat"): string {
	try {
		const pids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
		const [pid] = pids.trim().split(" ").slice(-1);
		return readFileSync(`/proc/${pid ?? ""}/${file}`, "utf8");
	} catch {
		return "";
	}
}

function peakRssMb(): number {
	return Math.round(Number(/VmHWM:\s+(\d+)/.exec(ofEngine("status"))?.[1]) / 1024);
}

/** User and system time stand at places 14 and 15, in hundredths of a second; the name may hold spaces. */
function engineCpuMs(): number {
	const [, afterName = ""] = ofEngine("stat").split(") ");
	const [user, system] = afterName.split(" ").slice(11, 13);
	return 10 * (Number(user) + Number(system));
}

function progress({ finishReason, stats }: Answer, reports: readonly Report[]): void {
	const read = stats.reusedTokens + stats.prefilledTokens;
	process.stderr.write(
		`${finishReason}: reused ${stats.reusedTokens}, read up to ${read} of ${promptTokens} in ${Math.round(stats.totalMs / 1000)} s, ${reports.length} reports\n`,
	);
}
