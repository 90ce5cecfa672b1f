import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
	gaussian,
	roundTo,
	tinyNotes,
	writeTensors,
	type RandomTensor,
	type StoredType,
} from "./randomCheckpoint.ts";
import type { ReferenceConfig } from "./referenceDecoder.ts";
import { tinyTokenizerJson } from "./tinyTokenizer.ts";

const common = {
	vocab_size: 512,
	hidden_size: 64,
	num_hidden_layers: 2,
	num_attention_heads: 4,
	num_key_value_heads: 2,
	rms_norm_eps: 1e-5,
	max_position_embeddings: 256,
	tie_word_embeddings: false,
	hidden_act: "silu",
} as const;

/** A small `config.json` of each architecture, with the features of the published ones. */
export const tinyConfigs = {
	llama: { ...common, model_type: "llama", intermediate_size: 96, rope_theta: 10_000 },
	qwen2: {
		...common,
		model_type: "qwen2",
		intermediate_size: 96,
		rope_theta: 1_000_000,
		rms_norm_eps: 1e-6,
		tie_word_embeddings: true,
		use_sliding_window: false,
	},
	qwen3: {
		...common,
		model_type: "qwen3",
		head_dim: 32,
		intermediate_size: 96,
		rope_theta: 1_000_000,
	},
	mellum: {
		...common,
		model_type: "mellum",
		num_hidden_layers: 4,
		head_dim: 32,
		num_experts: 6,
		num_experts_per_tok: 2,
		moe_intermediate_size: 32,
		norm_topk_prob: true,
		sliding_window: 8,
		layer_types: ["full_attention", "sliding_attention", "sliding_attention", "full_attention"],
		rope_parameters: {
			full_attention: {
				rope_type: "yarn",
				rope_theta: 500_000,
				factor: 16,
				original_max_position_embeddings: 16,
				beta_fast: 32,
				beta_slow: 1,
				attention_factor: 1.277_258_872_223_978,
			},
			sliding_attention: { rope_type: "default", rope_theta: 500_000 },
		},
	},
	deepseek_v2: {
		...common,
		model_type: "deepseek_v2",
		num_hidden_layers: 3,
		num_key_value_heads: 4,
		q_lora_rank: null,
		kv_lora_rank: 64,
		qk_nope_head_dim: 32,
		qk_rope_head_dim: 16,
		v_head_dim: 32,
		intermediate_size: 96,
		moe_intermediate_size: 32,
		n_routed_experts: 8,
		n_shared_experts: 2,
		num_experts_per_tok: 3,
		first_k_dense_replace: 1,
		moe_layer_freq: 1,
		topk_method: "greedy",
		norm_topk_prob: false,
		routed_scaling_factor: 1,
		rope_theta: 10_000,
		rope_scaling: {
			type: "yarn",
			factor: 40,
			original_max_position_embeddings: 16,
			beta_fast: 32,
			beta_slow: 1,
			mscale: 0.707,
			mscale_all_dim: 0.707,
		},
	},
} satisfies Record<string, ReferenceConfig>;

export interface RandomDecoderOptions {
	readonly seed?: number;
	readonly storedType?: StoredType;
	readonly shards?: number;
}

export type DecoderTensors = ReadonlyMap<string, RandomTensor>;

/** Writes a checkpoint of random weights for `config` into `folder`, which is created. The same options give the same files. */
export async function writeRandomDecoder(
	folder: string,
	config: ReferenceConfig,
	options: RandomDecoderOptions = {},
): Promise<DecoderTensors> {
	const { seed = 1, storedType = "F32" } = options;
	const random = gaussian(seed);
	const tensors = new Map<string, RandomTensor>();
	for (const { name, shape, mean, deviation } of tensorsOf(config)) {
		const count = shape.reduce((product, size) => product * size, 1);
		const values = Float32Array.from({ length: count }, () =>
			roundTo(storedType, mean + deviation * random()),
		);
		tensors.set(name, { shape, values });
	}
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "config.json"), JSON.stringify(config));
	await writeFile(join(folder, "tokenizer.json"), tinyTokenizerJson());
	await writeFile(join(folder, "mote.json"), JSON.stringify(tinyNotes));
	await writeTensors(folder, tensors, options);
	return tensors;
}

interface TensorShape {
	readonly name: string;
	readonly shape: readonly number[];
	readonly mean: number;
	readonly deviation: number;
}

const norm = (name: string, size: number): TensorShape => ({
	name: `${name}.weight`,
	shape: [size],
	mean: 1,
	deviation: 0.2,
});
/** Every linear layer keeps the size of its input, so that no part of the model drowns another. */
const linear = (name: string, rows: number, columns: number, gain = 1): TensorShape => ({
	name: `${name}.weight`,
	shape: [rows, columns],
	mean: 0,
	deviation: gain / Math.sqrt(columns),
});
const bias = (name: string, rows: number): TensorShape => ({
	name: `${name}.bias`,
	shape: [rows],
	mean: 0,
	deviation: 0.5,
});

function tensorsOf(config: ReferenceConfig): readonly TensorShape[] {
	const { vocab_size: vocabulary, hidden_size: hidden } = config;
	return [
		{ ...linear("model.embed_tokens", vocabulary, hidden), deviation: 1 },
		...[...Array(config.num_hidden_layers).keys()].flatMap((layer) => {
			const prefix = `model.layers.${layer}`;
			return [
				norm(`${prefix}.input_layernorm`, hidden),
				...(config.kv_lora_rank === undefined
					? groupedTensors(config, `${prefix}.self_attn`)
					: latentTensors(config, config.kv_lora_rank, `${prefix}.self_attn`)),
				norm(`${prefix}.post_attention_layernorm`, hidden),
				...feedForwardTensors(config, `${prefix}.mlp`, layer),
			];
		}),
		norm("model.norm", hidden),
		...(config.tie_word_embeddings ? [] : [linear("lm_head", vocabulary, hidden, 4)]),
	];
}

function groupedTensors(config: ReferenceConfig, prefix: string): readonly TensorShape[] {
	const { hidden_size: hidden, num_attention_heads: heads } = config;
	const dim = config.head_dim ?? hidden / heads;
	const kvRows = (config.num_key_value_heads ?? heads) * dim;
	const weights = [
		linear(`${prefix}.q_proj`, heads * dim, hidden),
		linear(`${prefix}.k_proj`, kvRows, hidden),
		linear(`${prefix}.v_proj`, kvRows, hidden),
		linear(`${prefix}.o_proj`, hidden, heads * dim),
	];
	switch (config.model_type) {
		case "llama":
			return weights;
		case "qwen2":
			return [
				...weights,
				bias(`${prefix}.q_proj`, heads * dim),
				bias(`${prefix}.k_proj`, kvRows),
				bias(`${prefix}.v_proj`, kvRows),
			];
		default:
			return [...weights, norm(`${prefix}.q_norm`, dim), norm(`${prefix}.k_norm`, dim)];
	}
}

function latentTensors(
	config: ReferenceConfig,
	latent: number,
	prefix: string,
): readonly TensorShape[] {
	const { hidden_size: hidden, num_attention_heads: heads } = config;
	const {
		qk_nope_head_dim: plain = 0,
		qk_rope_head_dim: rotated = 0,
		v_head_dim: value = 0,
	} = config;
	const queryRows = heads * (plain + rotated);
	return [
		...(config.q_lora_rank
			? [
					linear(`${prefix}.q_a_proj`, config.q_lora_rank, hidden),
					norm(`${prefix}.q_a_layernorm`, config.q_lora_rank),
					linear(`${prefix}.q_b_proj`, queryRows, config.q_lora_rank),
				]
			: [linear(`${prefix}.q_proj`, queryRows, hidden)]),
		linear(`${prefix}.kv_a_proj_with_mqa`, latent + rotated, hidden),
		norm(`${prefix}.kv_a_layernorm`, latent),
		linear(`${prefix}.kv_b_proj`, heads * (plain + value), latent),
		linear(`${prefix}.o_proj`, hidden, heads * value),
	];
}

function feedForwardTensors(
	config: ReferenceConfig,
	prefix: string,
	layer: number,
): readonly TensorShape[] {
	const { hidden_size: hidden, moe_intermediate_size: expertSize = 0 } = config;
	const swiGlu = (name: string, size: number): readonly TensorShape[] => [
		linear(`${name}.gate_proj`, size, hidden),
		linear(`${name}.up_proj`, size, hidden),
		linear(`${name}.down_proj`, hidden, size, 2),
	];
	const experts = config.num_experts ?? config.n_routed_experts;
	const isDense =
		layer < (config.first_k_dense_replace ?? 0) || config.mlp_layer_types?.[layer] === "dense";
	if (experts === undefined || isDense) {
		return swiGlu(prefix, config.intermediate_size ?? 0);
	}
	return [
		linear(`${prefix}.gate`, experts, hidden, 2),
		...[...Array(experts).keys()].flatMap((expert) =>
			swiGlu(`${prefix}.experts.${expert}`, expertSize),
		),
		...(config.n_shared_experts
			? swiGlu(`${prefix}.shared_experts`, config.n_shared_experts * expertSize)
			: []),
	];
}
