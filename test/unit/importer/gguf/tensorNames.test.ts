import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGgufConfig } from "../../../../src/importer/gguf/ggufConfig.ts";
import { GgufFiles } from "../../../../src/importer/gguf/ggufFiles.ts";
import { GgufTensors } from "../../../../src/importer/gguf/ggufTensors.ts";
import { ggufBytes, type TensorBytes, type TypedValue } from "../../../support/ggufBytes.ts";
import { float32Tensor, rowsOf } from "../../../support/randomGguf.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

/** A model's tensors by their published names, each with values of its own, and how a GGUF file has them. */
interface Case {
	readonly metadata: Readonly<Record<string, TypedValue>>;
	readonly config: Readonly<Record<string, unknown>>;
	/** Published name and shape, then the file's name; `stored` changes values as the converter of llama.cpp does. */
	readonly tensors: readonly (readonly [
		name: string,
		shape: readonly number[],
		stored: string | ((values: Float32Array) => readonly TensorBytes[]),
	])[];
}

const hidden = 8;
const vocabulary = 5;
const heads = 4;
const kvHeads = 2;
const headDim = 4;
const intermediate = 12;

/** Rows in the order in which llama.cpp rotates them: those of a head's halves by turns. */
function interleaved(name: string, shape: readonly [number, number], count: number) {
	return (values: Float32Array): readonly TensorBytes[] => {
		const [rows, columns] = shape;
		const perHead = rows / count;
		const order = Array.from({ length: count }, (_, head) =>
			Array.from({ length: perHead / 2 }, (__, pair) => [
				head * perHead + pair,
				head * perHead + perHead / 2 + pair,
			]),
		).flat(2);
		const moved = Float32Array.from(
			order.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]),
		);
		return [float32Tensor(name, shape, moved)];
	};
}

const attention = (prefix: string, isLlama: boolean): Case["tensors"] => [
	[`${prefix}.input_layernorm.weight`, [hidden], "blk.0.attn_norm.weight"],
	[
		`${prefix}.self_attn.q_proj.weight`,
		[heads * headDim, hidden],
		isLlama
			? interleaved("blk.0.attn_q.weight", [heads * headDim, hidden], heads)
			: "blk.0.attn_q.weight",
	],
	[
		`${prefix}.self_attn.k_proj.weight`,
		[kvHeads * headDim, hidden],
		isLlama
			? interleaved("blk.0.attn_k.weight", [kvHeads * headDim, hidden], kvHeads)
			: "blk.0.attn_k.weight",
	],
	[`${prefix}.self_attn.v_proj.weight`, [kvHeads * headDim, hidden], "blk.0.attn_v.weight"],
	[`${prefix}.self_attn.o_proj.weight`, [hidden, heads * headDim], "blk.0.attn_output.weight"],
	[`${prefix}.post_attention_layernorm.weight`, [hidden], "blk.0.ffn_norm.weight"],
];
const dense = (layer: number): Case["tensors"] => [
	[
		`model.layers.${layer}.mlp.gate_proj.weight`,
		[intermediate, hidden],
		`blk.${layer}.ffn_gate.weight`,
	],
	[
		`model.layers.${layer}.mlp.up_proj.weight`,
		[intermediate, hidden],
		`blk.${layer}.ffn_up.weight`,
	],
	[
		`model.layers.${layer}.mlp.down_proj.weight`,
		[hidden, intermediate],
		`blk.${layer}.ffn_down.weight`,
	],
];
const ends: Case["tensors"] = [
	["model.embed_tokens.weight", [vocabulary, hidden], "token_embd.weight"],
	["model.norm.weight", [hidden], "output_norm.weight"],
];

const metadataOf = (
	architecture: string,
	more: Readonly<Record<string, TypedValue>> = {},
): Readonly<Record<string, TypedValue>> => ({
	"general.architecture": [8, architecture],
	...Object.fromEntries(
		Object.entries<TypedValue>({
			context_length: [4, 64],
			embedding_length: [4, hidden],
			block_count: [4, 1],
			feed_forward_length: [4, intermediate],
			"attention.head_count": [4, heads],
			"attention.head_count_kv": [4, kvHeads],
			"attention.key_length": [4, headDim],
			"attention.value_length": [4, headDim],
			"attention.layer_norm_rms_epsilon": [6, 2 ** -20],
			"rope.freq_base": [6, 1_000_000],
			"rope.dimension_count": [4, headDim],
			...more,
		}).map(([key, value]) => [`${architecture}.${key}`, value]),
	),
});

const configOf = (modelType: string): Readonly<Record<string, unknown>> => ({
	model_type: modelType,
	vocab_size: vocabulary,
	hidden_size: hidden,
	num_hidden_layers: 1,
	num_attention_heads: heads,
	num_key_value_heads: kvHeads,
	rms_norm_eps: 2 ** -20,
	max_position_embeddings: 64,
	rope_theta: 1_000_000,
	hidden_act: "silu",
});
const denseConfig = { head_dim: headDim, intermediate_size: intermediate };

const rank = 6;
const plainDim = 3;
const rotatedDim = 2;
const valueDim = 5;
const experts = 3;
const expertSize = 4;

/** Keys turned over, then values, of each head. */
const splitLatent = (name: string): ((values: Float32Array) => readonly TensorBytes[]) => {
	const perHead = plainDim + valueDim;
	return (values) => {
		const at = (head: number, row: number, column: number): number =>
			values[(head * perHead + row) * rank + column] ?? NaN;
		const keys = Array.from({ length: heads * rank * plainDim }, (_, i) =>
			at(Math.floor(i / (rank * plainDim)), i % plainDim, Math.floor(i / plainDim) % rank),
		);
		const latent = Array.from({ length: heads * valueDim * rank }, (_, i) =>
			at(Math.floor(i / (valueDim * rank)), plainDim + (Math.floor(i / rank) % valueDim), i % rank),
		);
		return [
			float32Tensor(`${name}.attn_k_b.weight`, [heads, rank, plainDim], Float32Array.from(keys)),
			float32Tensor(`${name}.attn_v_b.weight`, [heads, valueDim, rank], Float32Array.from(latent)),
		];
	};
};

const deepseek = (isSplit: boolean): Case => ({
	metadata: metadataOf("deepseek2", {
		block_count: [4, 2],
		...(isSplit
			? {
					// As one key head of the rank and the rotated part.
					"attention.head_count_kv": [4, 1],
					"attention.key_length": [4, rank + rotatedDim],
					"attention.value_length": [4, rank],
					"attention.key_length_mla": [4, plainDim + rotatedDim],
					"attention.value_length_mla": [4, valueDim],
				}
			: {
					"attention.head_count_kv": [4, heads],
					"attention.key_length": [4, plainDim + rotatedDim],
					"attention.value_length": [4, valueDim],
				}),
		"attention.kv_lora_rank": [4, rank],
		"rope.dimension_count": [4, rotatedDim],
		"rope.scaling.type": [8, "yarn"],
		"rope.scaling.factor": [6, 40],
		"rope.scaling.original_context_length": [4, 4096],
		"rope.scaling.yarn_log_multiplier": [6, 0.0707],
		leading_dense_block_count: [4, 1],
		expert_count: [4, experts],
		expert_used_count: [4, 2],
		expert_shared_count: [4, 2],
		expert_feed_forward_length: [4, expertSize],
		expert_weights_scale: [6, 1],
		vocab_size: [4, vocabulary],
	}),
	config: {
		...configOf("deepseek_v2"),
		num_hidden_layers: 2,
		num_key_value_heads: heads,
		tie_word_embeddings: false,
		q_lora_rank: null,
		kv_lora_rank: rank,
		qk_rope_head_dim: rotatedDim,
		qk_nope_head_dim: plainDim,
		v_head_dim: valueDim,
		intermediate_size: intermediate,
		moe_intermediate_size: expertSize,
		n_routed_experts: experts,
		n_shared_experts: 2,
		num_experts_per_tok: 2,
		first_k_dense_replace: 1,
		moe_layer_freq: 1,
		norm_topk_prob: false,
		routed_scaling_factor: 1,
		scoring_func: "softmax",
		topk_method: "greedy",
		n_group: 1,
		topk_group: 1,
		rope_scaling: {
			type: "yarn",
			factor: 40,
			original_max_position_embeddings: 4096,
			beta_fast: 32,
			beta_slow: 1,
			mscale: 0.707,
			mscale_all_dim: 0.707,
		},
	},
	tensors: [
		...ends,
		["lm_head.weight", [vocabulary, hidden], "output.weight"],
		["model.layers.0.input_layernorm.weight", [hidden], "blk.0.attn_norm.weight"],
		[
			"model.layers.0.self_attn.q_proj.weight",
			[heads * (plainDim + rotatedDim), hidden],
			"blk.0.attn_q.weight",
		],
		[
			"model.layers.0.self_attn.kv_a_proj_with_mqa.weight",
			[rank + rotatedDim, hidden],
			"blk.0.attn_kv_a_mqa.weight",
		],
		["model.layers.0.self_attn.kv_a_layernorm.weight", [rank], "blk.0.attn_kv_a_norm.weight"],
		[
			"model.layers.0.self_attn.kv_b_proj.weight",
			[heads * (plainDim + valueDim), rank],
			isSplit ? splitLatent("blk.0") : "blk.0.attn_kv_b.weight",
		],
		[
			"model.layers.0.self_attn.o_proj.weight",
			[hidden, heads * valueDim],
			"blk.0.attn_output.weight",
		],
		["model.layers.0.post_attention_layernorm.weight", [hidden], "blk.0.ffn_norm.weight"],
		...dense(0),
		["model.layers.1.mlp.gate.weight", [experts, hidden], "blk.1.ffn_gate_inp.weight"],
		[
			"model.layers.1.mlp.shared_experts.gate_proj.weight",
			[2 * expertSize, hidden],
			"blk.1.ffn_gate_shexp.weight",
		],
		[
			"model.layers.1.mlp.shared_experts.up_proj.weight",
			[2 * expertSize, hidden],
			"blk.1.ffn_up_shexp.weight",
		],
		[
			"model.layers.1.mlp.shared_experts.down_proj.weight",
			[hidden, 2 * expertSize],
			"blk.1.ffn_down_shexp.weight",
		],
	],
});

const cases: Readonly<Record<string, Case>> = {
	llama: {
		metadata: metadataOf("llama"),
		config: { ...configOf("llama"), ...denseConfig, tie_word_embeddings: false },
		tensors: [
			...ends,
			["lm_head.weight", [vocabulary, hidden], "output.weight"],
			...attention("model.layers.0", true),
			...dense(0),
		],
	},
	qwen2: {
		metadata: metadataOf("qwen2"),
		config: { ...configOf("qwen2"), ...denseConfig, tie_word_embeddings: true },
		tensors: [
			...ends,
			...attention("model.layers.0", false),
			["model.layers.0.self_attn.q_proj.bias", [heads * headDim], "blk.0.attn_q.bias"],
			["model.layers.0.self_attn.k_proj.bias", [kvHeads * headDim], "blk.0.attn_k.bias"],
			["model.layers.0.self_attn.v_proj.bias", [kvHeads * headDim], "blk.0.attn_v.bias"],
			...dense(0),
		],
	},
	qwen3: {
		metadata: metadataOf("qwen3"),
		config: { ...configOf("qwen3"), ...denseConfig, tie_word_embeddings: true },
		tensors: [
			...ends,
			...attention("model.layers.0", false),
			["model.layers.0.self_attn.q_norm.weight", [headDim], "blk.0.attn_q_norm.weight"],
			["model.layers.0.self_attn.k_norm.weight", [headDim], "blk.0.attn_k_norm.weight"],
			...dense(0),
		],
	},
	"deepseek2 in one matrix of keys and values": deepseek(false),
	"deepseek2 with keys and values apart": deepseek(true),
};

/** Reads the file of a case while `use` runs. */
async function withFile(
	{ metadata, tensors }: Case,
	use: (tensors: GgufTensors, config: ReturnType<typeof readGgufConfig>) => Promise<void>,
): Promise<void> {
	using folder = new TemporaryFolder();
	const bytes = ggufBytes({
		metadata,
		tensors: tensors.flatMap(([, shape, stored], i) =>
			typeof stored === "string"
				? [float32Tensor(stored, shape, valuesOf(shape, i))]
				: stored(valuesOf(shape, i)),
		),
	});
	folder.write("m.gguf", bytes);
	const files = await GgufFiles.open(join(folder.path, "m.gguf"));
	const config = readGgufConfig(files, undefined);
	await using source = new GgufTensors(files, config.layout);
	await use(source, config);
}

const valuesOf = (shape: readonly number[], seed: number): Float32Array =>
	Float32Array.from(
		{ length: shape.reduce((product, size) => product * size, 1) },
		(_, i) => 1000 * seed + i,
	);

describe("every tensor is found by its published name, with its published values:", () => {
	test.each(Object.entries(cases))("%s", async (_, given) => {
		await withFile(given, async (source, { config }) => {
			expect(config).toEqual(given.config);
			for (const [i, [name, shape]] of given.tensors.entries()) {
				const expected = [...valuesOf(shape, i)];
				const [rows = 0, columns] = shape;
				if (columns === undefined) {
					expect([name, [...(await source.read(name, shape))]]).toEqual([name, expected]);
					continue;
				}
				const matrix = [rows, columns] as const;
				expect([name, await rowsOf(source.readRows(name, matrix))]).toEqual([name, expected]);
				for (const [start, end] of [
					[1, rows],
					[0, rows - 1],
					[2, 3],
					[1, 1],
				] as const) {
					expect(await rowsOf(source.readRows(name, matrix, { start, end }))).toEqual(
						expected.slice(start * columns, end * columns),
					);
				}
			}
		});
	});

	test("experts are taken out of their stack", async () => {
		const stack = valuesOf([experts, expertSize, hidden], 7);
		const given: Case = {
			...deepseek(false),
			tensors: [
				["model.embed_tokens.weight", [vocabulary, hidden], "token_embd.weight"],
				[
					"",
					[0],
					() => [float32Tensor("blk.1.ffn_up_exps.weight", [experts, expertSize, hidden], stack)],
				],
			],
		};
		await withFile(given, async (source) => {
			const size = expertSize * hidden;
			for (let expert = 0; expert < experts; expert++) {
				const name = `model.layers.1.mlp.experts.${expert}.up_proj.weight`;
				const expected = [...stack.subarray(expert * size, (expert + 1) * size)];
				expect(await rowsOf(source.readRows(name, [expertSize, hidden]))).toEqual(expected);
				const range = { start: 1, end: 3 };
				expect(await rowsOf(source.readRows(name, [expertSize, hidden], range))).toEqual(
					expected.slice(hidden, 3 * hidden),
				);
			}
			const beyond = `model.layers.1.mlp.experts.${experts}.up_proj.weight`;
			expect(() => source.readRows(beyond, [expertSize, hidden])).toThrow(/has no tensor/);
		});
	});

	test("names that the architecture doesn't have are refused, whatever they look like", async () => {
		await withFile(deepseek(false), async (source) => {
			for (const name of [
				"model.layers.0.self_attn.q_norm.weight",
				"model.layers.0.constructor.weight",
				"model.layers.0.mlp.gate_proj",
				"__proto__.weight",
				"blk.0.attn_norm.weight",
			]) {
				await expect(source.read(name, [hidden])).rejects.toMatchObject({
					code: "checkpointInvalid",
				});
			}
		});
	});
});
