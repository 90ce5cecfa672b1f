import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import type { ImportOptions } from "../../../src/importer/importOptions.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { GraphRunner, type RunnableGraph } from "../../support/graphRunner.ts";
import type { RandomTensor } from "../../support/randomCheckpoint.ts";
import {
	tinyConfigs,
	writeRandomDecoder,
	type DecoderTensors,
} from "../../support/randomDecoder.ts";
import { decoderLogits, type ReferenceConfig } from "../../support/referenceDecoder.ts";
import { throughQ4 } from "../../support/referenceModel.ts";
import { relativeError } from "../../support/relativeError.ts";

/** Past the edge of the window of 8 and into what YaRN adds to 16 positions. */
const tokens = Array.from({ length: 40 }, (_, i) => (i * 37 + 11) % 512);

const { llama, qwen2, qwen3, mellum, deepseek_v2: deepseek } = tinyConfigs;

const variants: Readonly<Record<string, ReferenceConfig>> = {
	llama,
	"llama with a tied output layer, and a head for every key": {
		...llama,
		tie_word_embeddings: true,
		num_key_value_heads: 4,
	},
	"llama with the rotation of Llama 3.1": {
		...llama,
		rope_theta: 500_000,
		rope_scaling: {
			rope_type: "llama3",
			factor: 8,
			low_freq_factor: 1,
			high_freq_factor: 4,
			original_max_position_embeddings: 64,
		},
	},
	"llama with positions that are slowed down alike": {
		...llama,
		rope_scaling: { type: "linear", factor: 4 },
	},
	qwen2,
	"qwen2 with an output layer of its own": { ...qwen2, tie_word_embeddings: false },
	"qwen2 with YaRN": {
		...qwen2,
		rope_scaling: { type: "yarn", factor: 4, original_max_position_embeddings: 16 },
	},
	qwen3,
	"qwen3 with a tied output layer and one layer": {
		...qwen3,
		tie_word_embeddings: true,
		num_hidden_layers: 1,
	},
	mellum,
	"mellum with a dense layer, and the last one sliding": {
		...mellum,
		num_hidden_layers: 2,
		intermediate_size: 96,
		layer_types: ["full_attention", "sliding_attention"],
		mlp_layer_types: ["dense", "sparse"],
	},
	deepseek_v2: deepseek,
	"deepseek_v2 with compressed queries": { ...deepseek, q_lora_rank: 32 },
	"deepseek_v2 with scaled experts, none of them shared": {
		...deepseek,
		n_shared_experts: 0,
		routed_scaling_factor: 2.5,
	},
};

let folder: string;
let nextModel = 0;

beforeAll(async () => {
	process.env["ORT_USE_MLAS_Q4_GEMM_MOE"] = "1";
	folder = await mkdtemp(join(tmpdir(), "mote-architectures-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function importRandom(
	config: ReferenceConfig,
	options: ImportOptions,
	graph: RunnableGraph = "fused",
): Promise<{ readonly tensors: DecoderTensors; readonly runner: GraphRunner }> {
	const checkpoint = join(folder, `checkpoint-${nextModel}`);
	const model = join(folder, `model-${nextModel++}`);
	const tensors = await writeRandomDecoder(checkpoint, config);
	await importCheckpoint(checkpoint, model, options);
	return { tensors, runner: await GraphRunner.load(model, 64, graph) };
}

/** The weights as an int4 model has them, after their codes are turned back into numbers. */
function quantized(config: ReferenceConfig, tensors: DecoderTensors): DecoderTensors {
	const linearLayers = /_proj(_with_mqa)?\.weight$|embed_tokens|lm_head/;
	return new Map(
		[...tensors].map(([name, tensor]) => {
			if (name.endsWith("kv_b_proj.weight")) {
				return [name, quantizedKeysAndValues(config, tensor)];
			}
			return [name, linearLayers.test(name) ? throughQ4(tensor) : tensor];
		}),
	);
}

/** Rows of keys are quantized as the columns that they become where they are multiplied into queries. */
function quantizedKeysAndValues(
	{ num_attention_heads: heads, qk_nope_head_dim: plain = 0 }: ReferenceConfig,
	{ shape, values }: RandomTensor,
): RandomTensor {
	const [rows = 0, columns = 0] = shape;
	const result = throughQ4({ shape, values }).values.slice();
	for (let head = 0; head < heads; head++) {
		const first = (head * rows) / heads;
		const place = (i: number): number => (first + (i % plain)) * columns + Math.floor(i / plain);
		const turned = Float32Array.from(
			{ length: plain * columns },
			(_, i) => values[place(i)] ?? NaN,
		);
		throughQ4({ shape: [columns, plain], values: turned }).values.forEach((value, i) => {
			result[place(i)] = value;
		});
	}
	return { shape, values: result };
}

describe("an imported model has the logits of the reference,", () => {
	test.each(Object.entries(variants))("%s", async (_, config) => {
		const { tensors, runner } = await importRandom(config, { quantization: "fp32" });
		const expected = decoderLogits(config, tensors, tokens);
		const atOnce = await runner.run(tokens, tokens.length);
		expect(relativeError(atOnce, expected)).toBeLessThan(1e-5);
		runner.rewindTo(0);
		const byToken: Float32Array[] = [];
		for (const token of tokens) {
			byToken.push(...(await runner.run([token], 1)));
		}
		expect(relativeError(byToken, expected)).toBeLessThan(1e-5);
		await runner.dispose();
	});
});

const hasExperts = (config: ReferenceConfig): boolean =>
	(config.num_experts ?? config.n_routed_experts) !== undefined;

describe.each(["fused", "portable"] as const)("in int4, with the %s graph, so has", (graph) => {
	const those = Object.entries(variants).filter(
		([, config]) => graph === "fused" || hasExperts(config),
	);
	test.each(those)("%s", async (_, config) => {
		const options = { quantization: "int4", linearArithmetic: "fp32" } as const;
		const { tensors, runner } = await importRandom(config, options, graph);
		const expected = decoderLogits(config, quantized(config, tensors), tokens);
		expect(await runner.run(tokens.slice(0, 7), 0)).toEqual([]);
		const rows = [
			...(await runner.run(tokens.slice(7, 30), 23)),
			...(await runner.run(tokens.slice(30, 31), 1)),
			...(await runner.run(tokens.slice(31), 9)),
		];
		expect(relativeError(rows, expected.slice(7))).toBeLessThan(1e-5);
		await runner.dispose();
	});
});

test("an int8 KV cache is refused where it holds latents", async () => {
	await writeRandomDecoder(join(folder, "latent"), deepseek);
	const imported = importCheckpoint(join(folder, "latent"), join(folder, "latent-model"), {
		quantization: "int4",
		kvCache: { kind: "int8", measure: () => Promise.resolve([]) },
	});
	await expect(imported).rejects.toMatchObject({ code: "checkpointUnsupported" });
});

test("each architecture has the graphs that can express it, and says what it is", async () => {
	const found: unknown[] = [];
	for (const [name, config] of Object.entries(tinyConfigs)) {
		const model = join(folder, `graphs-${name}`);
		await writeRandomDecoder(join(folder, `checkpoint-${name}`), config);
		await importCheckpoint(join(folder, `checkpoint-${name}`), model, { quantization: "int4" });
		const { manifest } = await openModel(model);
		const { portableGraph, nativeGraph } = manifest.files;
		const { kvHeads, headDim } = manifest;
		const graphs = [portableGraph !== undefined, nativeGraph !== undefined];
		found.push([manifest.architecture, kvHeads, headDim, ...graphs]);
	}
	expect(found).toEqual([
		["llama", 2, 16, false, false],
		["qwen2", 2, 16, false, false],
		["qwen3", 2, 32, false, true],
		["mellum", 2, 32, true, false],
		["deepseek_v2", 1, 80, true, false],
	]);
});
