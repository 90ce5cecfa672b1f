import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { readOnnxGraph, type OnnxGraph } from "../../support/onnxGraph.ts";
import { writeRandomCheckpoint, type CheckpointShape } from "../../support/randomCheckpoint.ts";

let root: string;
let nextModel = 0;

beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-native-graph-"));
});
afterAll(() => rm(root, { recursive: true }));

interface Graphs {
	readonly native: OnnxGraph;
	readonly fused: OnnxGraph;
}

async function importedGraphs(shape: Partial<CheckpointShape>): Promise<Graphs> {
	const checkpoint = join(root, `checkpoint-${nextModel}`);
	const folder = join(root, `model-${nextModel++}`);
	await writeRandomCheckpoint(checkpoint, { shape });
	await importCheckpoint(checkpoint, folder, { quantization: "int4" });
	const { graphPath, nativeGraphPath } = await openModel(folder);
	return {
		native: await readOnnxGraph(nativeGraphPath ?? ""),
		fused: await readOnnxGraph(graphPath),
	};
}

describe("the native graph", () => {
	let graphs: Graphs;
	beforeAll(async () => {
		graphs = await importedGraphs({});
	});

	test("asks for the operators of the addon, and takes and gives what the contract says", () => {
		const { operatorSets, inputs, outputs } = graphs.native;
		const cache = "uint8 [blocks, 2, block_bytes]";
		expect({ operatorSets, inputs, outputs }).toEqual({
			operatorSets: [" 21", "com.microsoft 1", "mote 1"],
			inputs: {
				input_ids: "int64 [1, S]",
				total_sequence_length: "int32 []",
				logits_start: "int64 [1]",
				"past_key_values.0.key": cache,
				"past_key_values.0.value": cache,
				"past_key_values.1.key": cache,
				"past_key_values.1.value": cache,
			},
			outputs: {
				logits: "float32 [1, logit_rows, 512]",
				log_sum: "float32 [1, logit_rows]",
				best: "int32 [1, logit_rows]",
				"present.0.key": cache,
				"present.0.value": cache,
				"present.1.key": cache,
				"present.1.value": cache,
			},
		});
	});

	test("is a chain of four operators a layer, and the last layer works on the wanted rows only", () => {
		const epsilon = Math.fround(1e-6);
		const layer = (
			index: number,
			rows: { readonly attention: string; readonly residual: string },
		): OnnxGraph["nodes"] => {
			const name = `layers.${index}`;
			return [
				{
					operator: "mote.Linear",
					inputs: [
						`hidden.${index}`,
						`${name}.qkv_proj.q4`,
						`${name}.qkv_proj.scales`,
						`${name}.input_norm.weight`,
						"",
					],
					outputs: [`${name}.qkv`],
					attributes: { epsilon },
				},
				{
					operator: "mote.Attention",
					inputs: [
						`${name}.qkv`,
						`past_key_values.${index}.key`,
						`past_key_values.${index}.value`,
						"total_sequence_length",
						"rotary.cos",
						"rotary.sin",
						`${name}.q_norm.weight`,
						`${name}.k_norm.weight`,
					],
					outputs: [`${name}.attention`, `present.${index}.key`, `present.${index}.value`],
					attributes: { num_heads: 4, kv_num_heads: 2, epsilon },
				},
				{
					operator: "mote.Linear",
					inputs: [rows.attention, `${name}.o_proj.q4`, `${name}.o_proj.scales`, "", rows.residual],
					outputs: [`${name}.attended`],
					attributes: { epsilon },
				},
				{
					operator: "mote.Experts",
					inputs: [
						`${name}.attended`,
						`${name}.post_attention_norm.weight`,
						`${name}.router.weight`,
						`${name}.experts.gate_up.q4`,
						`${name}.experts.gate_up.scales`,
						`${name}.experts.down.q4`,
						`${name}.experts.down.scales`,
					],
					outputs: [`hidden.${index + 1}`],
					attributes: { k: 2, normalize: 1, epsilon },
				},
			];
		};
		const slice = (input: string): OnnxGraph["nodes"][number] => ({
			operator: "Slice",
			inputs: [input, "logits_start", "sequence_end", "axis.sequence"],
			outputs: [`${input}.wanted`],
			attributes: {},
		});
		const last = layer(1, { attention: "layers.1.attention.wanted", residual: "hidden.1.wanted" });
		const { nodes } = graphs.native;
		// The order of the two slices among the last layer's nodes is free.
		expect(nodes.filter(({ operator }) => operator === "Slice")).toEqual([
			slice("hidden.1"),
			slice("layers.1.attention"),
		]);
		expect(nodes.filter(({ operator }) => operator !== "Slice")).toEqual([
			{
				operator: "com.microsoft.GatherBlockQuantized",
				inputs: ["embed_tokens.q4", "input_ids", "embed_tokens.scales"],
				outputs: ["hidden.0"],
				attributes: { bits: 4, block_size: 32, gather_axis: 0, quantize_axis: 1 },
			},
			...layer(0, { attention: "layers.0.attention", residual: "hidden.0" }),
			...last,
			{
				operator: "mote.OutputLayer",
				inputs: ["hidden.2", "final_norm.weight", "embed_tokens.q4", "embed_tokens.scales"],
				outputs: ["logits", "log_sum", "best"],
				attributes: { epsilon },
			},
		]);
	});

	test("has every constant that its nodes read, in the shapes of the contract", () => {
		const { nodes, constants, inputs } = graphs.native;
		const produced = new Set([
			...Object.keys(inputs),
			...constants.keys(),
			...nodes.flatMap(({ outputs }) => outputs),
			"",
		]);
		const read = nodes.flatMap((node) => node.inputs);
		expect(read.filter((name) => !produced.has(name))).toEqual([]);
		expect([...constants.keys()].filter((name) => !read.includes(name))).toEqual([]);
		const shapes = Object.fromEntries(
			[...constants].map(([name, { type, shape }]) => [name, [type, ...shape]]),
		);
		const [float32, uint8] = [1, 2];
		expect(shapes).toMatchObject({
			"embed_tokens.q4": [uint8, 512, 32],
			"embed_tokens.scales": [float32, 512, 2],
			"layers.0.qkv_proj.q4": [uint8, 256, 32],
			"layers.0.qkv_proj.scales": [float32, 256, 2],
			"layers.0.o_proj.q4": [uint8, 64, 64],
			"layers.0.o_proj.scales": [float32, 64, 4],
			"layers.0.router.weight": [float32, 4, 64],
			"layers.0.experts.gate_up.q4": [uint8, 4, 64, 32],
			"layers.0.experts.gate_up.scales": [float32, 4, 64, 2],
			"layers.0.experts.down.q4": [uint8, 4, 64, 16],
			"layers.0.experts.down.scales": [float32, 4, 64, 1],
			"layers.0.input_norm.weight": [float32, 64],
			"layers.0.q_norm.weight": [float32, 32],
			"layers.0.k_norm.weight": [float32, 32],
			"layers.0.post_attention_norm.weight": [float32, 64],
			"final_norm.weight": [float32, 64],
			"rotary.cos": [float32, 256, 16],
			"rotary.sin": [float32, 256, 16],
		});
	});

	test.each([
		{ name: "with a tied embedding", isTied: true, matrices: 9 },
		{ name: "with its own output layer", isTied: false, matrices: 10 },
	])("reads the weights where the other graph has them, $name", async ({ isTied, matrices }) => {
		const { native, fused } = await importedGraphs({ tie_word_embeddings: isTied });
		const stored = [...native.constants].filter(([, { region }]) => region !== undefined);
		// Of each matrix its weights and its scales; beside them the rotary tables and two routers.
		expect(stored).toHaveLength(2 * matrices + 4);
		expect(native.constants.has("lm_head.q4")).toBe(!isTied);
		for (const [name, { region }] of stored) {
			const other = name.replace("embed_tokens", "embed_tokens.gather");
			expect([name, fused.constants.get(other)?.region]).toEqual([name, region]);
		}
	});
});

test("weights of the chosen experts that are not normalized are an attribute of the native graph", async () => {
	const { native } = await importedGraphs({ norm_topk_prob: false });
	const experts = native.nodes.filter(({ operator }) => operator === "mote.Experts");
	expect(experts.map(({ attributes }) => attributes["normalize"])).toEqual([0, 0]);
});

test("a model that is imported without quantization has no graph for the addon", async () => {
	await writeRandomCheckpoint(join(root, "plain"));
	await importCheckpoint(join(root, "plain"), join(root, "plain-model"), { quantization: "fp32" });
	expect((await openModel(join(root, "plain-model"))).nativeGraphPath).toBeUndefined();
});
