import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logitAgreement } from "../../../bench/gpu/logitAgreement.ts";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { DeviceGraphRunner, type DeviceGraph } from "../../support/deviceGraphRunner.ts";
import { GraphRunner, type RunnableGraph } from "../../support/graphRunner.ts";
import { readOnnxGraph } from "../../support/onnxGraph.ts";
import { writeRandomCheckpoint } from "../../support/randomCheckpoint.ts";
import { tinyConfigs, writeRandomDecoder } from "../../support/randomDecoder.ts";
import { relativeError } from "../../support/relativeError.ts";

/** Past the edge of the window of 8 and into what YaRN adds to 16 positions. */
const tokens = Array.from({ length: 40 }, (_, i) => (i * 37 + 11) % 512);

/** What 10 bits of fraction cost these models, of whose logits the largest are about 30. */
const halfRounding = 5e-3;

let root: string;
let nextModel = 0;

beforeAll(async () => {
	process.env["ORT_USE_MLAS_Q4_GEMM_MOE"] = "1";
	root = await mkdtemp(join(tmpdir(), "mote-device-graphs-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Imports what `write` makes, so that the ordinary graph has the arithmetic of those for GPUs. */
async function imported(write: (checkpoint: string) => Promise<unknown>): Promise<string> {
	const checkpoint = join(root, `checkpoint-${nextModel}`);
	const folder = join(root, `model-${nextModel++}`);
	await write(checkpoint);
	await importCheckpoint(checkpoint, folder, { quantization: "int4", linearArithmetic: "fp32" });
	return folder;
}

const moe = (shape: Parameters<typeof writeRandomCheckpoint>[1]) => (checkpoint: string) =>
	writeRandomCheckpoint(checkpoint, shape);
const decoder = (config: (typeof tinyConfigs)[keyof typeof tinyConfigs]) => (checkpoint: string) =>
	writeRandomDecoder(checkpoint, config);

const models: Readonly<Record<string, (checkpoint: string) => Promise<unknown>>> = {
	"with experts": moe({}),
	"with an output layer of its own": moe({ shape: { tie_word_embeddings: false } }),
	"with routing weights that are not normalized": moe({ shape: { norm_topk_prob: false } }),
	"with one expert a token": moe({ shape: { num_experts_per_tok: 1 } }),
	"with every expert for every token": moe({ shape: { num_experts_per_tok: 4 } }),
	"with more experts than tokens": moe({ shape: { num_experts: 64, num_experts_per_tok: 3 } }),
	"without experts (llama)": decoder(tinyConfigs.llama),
	"without experts, with biases (qwen2)": decoder(tinyConfigs.qwen2),
	"without experts, with head norms (qwen3)": decoder(tinyConfigs.qwen3),
	"with a sliding window (mellum)": decoder(tinyConfigs.mellum),
	"with latent attention and shared experts (deepseek_v2)": decoder(tinyConfigs.deepseek_v2),
};

/** The rows of some chunks, with none, some and one of them wanted. */
async function rowsOf(
	run: (tokens: readonly number[], rows: number) => Promise<readonly Float32Array[]>,
): Promise<readonly Float32Array[]> {
	return [
		...(await run(tokens.slice(0, 7), 0)),
		...(await run(tokens.slice(7, 30), 23)),
		...(await run(tokens.slice(30, 31), 1)),
		...(await run(tokens.slice(31), 9)),
	];
}

async function ordinaryRows(
	folder: string,
	graph: RunnableGraph = "fused",
): Promise<readonly Float32Array[]> {
	const runner = await GraphRunner.load(folder, 64, graph);
	const rows = await rowsOf((chunk, wanted) => runner.run(chunk, wanted));
	await runner.dispose();
	return rows;
}

async function deviceRows(folder: string, graph: DeviceGraph): Promise<readonly Float32Array[]> {
	const runner = await DeviceGraphRunner.load(folder, graph);
	const rows = await rowsOf(async (chunk, wanted) => (await runner.run(chunk, wanted)).logits);
	await runner.dispose();
	return rows;
}

describe("a graph for GPUs has the logits of the ordinary graph, for a model", () => {
	test.each(Object.entries(models))("%s", async (_, write) => {
		const folder = await imported(write);
		const expected = await ordinaryRows(folder);
		const dense = await deviceRows(folder, "dense");
		expect(relativeError(dense, expected)).toBeLessThan(1e-5);
		const half = await deviceRows(folder, "half");
		const error = relativeError(half, expected);
		expect(error).toBeLessThan(halfRounding);
		// It would be the float32 graph.
		expect(error).toBeGreaterThan(1e-5);
		const { largestDelta } = logitAgreement(half, expected, 0);
		expect(logitAgreement(half, expected, 2 * largestDelta)).toMatchObject({
			rows: 33,
			wrongBest: 0,
		});
	});
});

test("of experts that are as likely as each other the first ones are chosen", async () => {
	// A router of zeros: every expert is as likely as any other.
	const folder = await imported((checkpoint) =>
		writeRandomCheckpoint(checkpoint, { shape: { num_experts: 8 }, zeros: /gate\.weight$/ }),
	);
	const dense = await deviceRows(folder, "dense");
	// TopK says which it takes, and QMoE doesn't.
	expect(relativeError(dense, await ordinaryRows(folder, "portable"))).toBeLessThan(1e-5);
});

describe.each(["dense", "half"] as const)("the %s graph", (graph) => {
	test("overwrites what was rewound, and appends what the ordinary graph appends", async () => {
		const runner = await DeviceGraphRunner.load(await imported(moe({})), graph);
		const { appended: first } = await runner.run(tokens.slice(0, 20), 1);
		await runner.run([1, 2, 3, 4], 1);
		runner.rewindTo(20);
		const after = await runner.run(tokens.slice(20, 22), 2);
		runner.rewindTo(0);
		const { appended: again, logits } = await runner.run(tokens.slice(0, 22), 2);
		await runner.dispose();
		expect(relativeError(after.logits, logits)).toBeLessThan(graph === "dense" ? 1e-5 : 5e-3);
		const { layers, kvHeads, headDim } = runner.manifest;
		expect(first).toHaveLength(2 * layers * kvHeads * 20 * headDim);
		expect(relativeError([again.slice(0, headDim)], [first.slice(0, headDim)])).toBeLessThan(1e-3);
	});

	test("takes its weights from the same file, and keeps its caches in one type", async () => {
		const folder = await imported(moe({}));
		const { denseGraphPath, halfGraphPath, graphPath } = await openModel(folder);
		const path = graph === "dense" ? denseGraphPath : halfGraphPath;
		const { constants, inputs, outputs, nodes } = await readOnnxGraph(path ?? "");
		const type = graph === "dense" ? "float32" : "float16";
		expect(inputs["past_key_values.1.value"]).toBe(`${type} [1, 2, capacity, 32]`);
		expect(outputs["present.1.value"]).toBe(`${type} [1, 2, present_capacity, 32]`);
		expect(outputs["logits"]).toBe("float32 [1, logit_rows, 512]");
		expect(outputs["appended_key_values"]).toBe("float32 [4, 2, S, 32]");
		const ordinary = await readOnnxGraph(graphPath);
		const known = new Set([...ordinary.constants.values()].map(({ region }) => region));
		const qkv = constants.get("layers.0.qkv_proj.q4");
		expect(known).toContain(qkv?.region);
		// float16 is a matter of the nodes alone.
		expect([...constants.values()].every(({ type: stored }) => stored !== 10)).toBe(true);
		const experts = nodes.filter(({ operator }) => operator === "com.microsoft.QMoE");
		expect(experts.map(({ attributes }) => attributes["weights_prepacked"])).toEqual(
			graph === "dense" ? [] : [0, 0],
		);
	});
});

test("a model in float32 has no graphs for GPUs", async () => {
	await writeRandomCheckpoint(join(root, "fp32"));
	await importCheckpoint(join(root, "fp32"), join(root, "fp32-model"), { quantization: "fp32" });
	const { denseGraphPath, halfGraphPath } = await openModel(join(root, "fp32-model"));
	expect([denseGraphPath, halfGraphPath]).toEqual([undefined, undefined]);
});
