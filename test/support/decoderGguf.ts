import { ggufBytes, type TensorBytes, type TypedValue } from "./ggufBytes.ts";
import type { RandomTensor } from "./randomCheckpoint.ts";
import { float32Tensor, float32Weights, ggufTensors } from "./randomGguf.ts";
import type { ReferenceConfig } from "./referenceDecoder.ts";
import type { DecoderTensors } from "./randomDecoder.ts";

/** What llama.cpp calls each `model_type`. */
const architectures: Readonly<Record<string, string>> = {
	llama: "llama",
	qwen2: "qwen2",
	qwen3: "qwen3",
	deepseek_v2: "deepseek2",
};

/** A whole file of a random decoder, in float32, as the converter of llama.cpp lays it out. */
export function decoderGguf(
	config: ReferenceConfig,
	tensors: DecoderTensors,
	more: Readonly<Record<string, TypedValue>>,
): Buffer {
	const stored = new Map(
		[...tensors].map(([name, tensor]) => [name, storedTensor(config, name, tensor)]),
	);
	return ggufBytes({
		metadata: { ...metadataOf(config), ...more },
		tensors: [...ggufTensors(stored, float32Weights), ...frequencyFactors(config)],
	});
}

/** Of Llama 3.1: how much slower each pair of a head turns. The converter writes this in place of what it follows from. */
function frequencyFactors(config: ReferenceConfig): readonly TensorBytes[] {
	const { rope_scaling: scaling, rope_theta: theta = NaN } = config;
	if (scaling?.rope_type !== "llama3") {
		return [];
	}
	const { factor = 1, low_freq_factor: low = 1, high_freq_factor: high = 1 } = scaling;
	const trained = scaling.original_max_position_embeddings ?? NaN;
	const dim = config.head_dim ?? config.hidden_size / config.num_attention_heads;
	const factors = Float32Array.from({ length: dim / 2 }, (_, i) => {
		const wavelength = 2 * Math.PI * theta ** ((2 * i) / dim);
		if (wavelength < trained / high) {
			return 1;
		}
		if (wavelength > trained / low) {
			return factor;
		}
		const smooth = (trained / wavelength - low) / (high - low);
		return 1 / ((1 - smooth) / factor + smooth);
	});
	return [float32Tensor("rope_freqs.weight", [dim / 2], factors)];
}

/** Rows of Llama's queries and keys stand in the order in which llama.cpp rotates them: those of a head's halves by turns. */
function storedTensor(
	{ model_type: type, num_attention_heads: heads, num_key_value_heads: kvHeads }: ReferenceConfig,
	name: string,
	tensor: RandomTensor,
): RandomTensor {
	const [, part] = /self_attn\.([qk])_proj\.weight$/.exec(name) ?? [];
	if (type !== "llama" || part === undefined) {
		return tensor;
	}
	const [rows = 0, columns = 0] = tensor.shape;
	const headRows = rows / (part === "q" ? heads : (kvHeads ?? heads));
	const values = tensor.values.map((_, i) => {
		const row = Math.floor(i / columns);
		const inHead = row % headRows;
		const from = row - inHead + Math.floor(inHead / 2) + (inHead % 2) * (headRows / 2);
		return tensor.values[from * columns + (i % columns)] ?? NaN;
	});
	return { shape: tensor.shape, values };
}

function metadataOf(config: ReferenceConfig): Readonly<Record<string, TypedValue>> {
	const architecture = architectures[config.model_type] ?? "";
	const fields = { ...commonFields(config), ...latentFields(config), ...scalingFields(config) };
	return {
		"general.architecture": [8, architecture],
		...Object.fromEntries(
			Object.entries(fields).map(([key, value]) => [`${architecture}.${key}`, value]),
		),
	};
}

const commonFields = (config: ReferenceConfig): Readonly<Record<string, TypedValue>> => ({
	context_length: [4, config.max_position_embeddings],
	embedding_length: [4, config.hidden_size],
	block_count: [4, config.num_hidden_layers],
	feed_forward_length: [4, config.intermediate_size ?? 0],
	"attention.head_count": [4, config.num_attention_heads],
	"attention.head_count_kv": [4, config.num_key_value_heads ?? config.num_attention_heads],
	"attention.layer_norm_rms_epsilon": [6, config.rms_norm_eps],
	"rope.freq_base": [6, config.rope_theta ?? 10_000],
	...(config.head_dim !== undefined && { "attention.key_length": [4, config.head_dim] }),
});

function latentFields(config: ReferenceConfig): Readonly<Record<string, TypedValue>> {
	const { kv_lora_rank: rank, q_lora_rank: queryRank } = config;
	const { qk_nope_head_dim: plain = 0, qk_rope_head_dim: rotated = 0 } = config;
	if (rank === undefined) {
		return {};
	}
	return {
		...(queryRank ? { "attention.q_lora_rank": [4, queryRank] } : {}),
		"attention.kv_lora_rank": [4, rank],
		"attention.key_length": [4, plain + rotated],
		"attention.value_length": [4, config.v_head_dim ?? 0],
		"rope.dimension_count": [4, rotated],
		leading_dense_block_count: [4, config.first_k_dense_replace ?? 0],
		expert_count: [4, config.n_routed_experts ?? 0],
		expert_used_count: [4, config.num_experts_per_tok ?? 0],
		expert_shared_count: [4, config.n_shared_experts ?? 0],
		expert_feed_forward_length: [4, config.moe_intermediate_size ?? 0],
		expert_weights_scale: [6, config.routed_scaling_factor ?? 1],
		expert_weights_norm: [7, config.norm_topk_prob ?? false],
	};
}

function scalingFields({
	rope_scaling: scaling,
}: ReferenceConfig): Readonly<Record<string, TypedValue>> {
	if (!scaling || scaling.rope_type === "llama3") {
		return {};
	}
	const { type = "", factor = 1, original_max_position_embeddings: original } = scaling;
	const { mscale_all_dim: mscale } = scaling;
	return {
		"rope.scaling.type": [8, type],
		"rope.scaling.factor": [6, factor],
		...(original !== undefined && { "rope.scaling.original_context_length": [4, original] }),
		...(mscale !== undefined && { "rope.scaling.yarn_log_multiplier": [6, mscale / 10] }),
	};
}
