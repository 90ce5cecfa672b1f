import { ggufBytes, type TensorBytes, type TypedValue } from "./ggufBytes.ts";
import type { CheckpointShape, RandomTensor } from "./randomCheckpoint.ts";

/** A format of weights: its number, and how float32 rows become its bytes. */
export interface GgufWeights {
	readonly type: number;
	readonly encode: (values: Float32Array) => Uint8Array;
}

export const float32Weights: GgufWeights = {
	type: 0,
	encode: (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
};

export const float32Tensor = (
	name: string,
	shape: readonly number[],
	values: Float32Array,
): TensorBytes => ({
	name,
	dimensions: [...shape].reverse(),
	type: float32Weights.type,
	content: float32Weights.encode(values),
});

/** All values of a stream of rows. */
export async function rowsOf(stream: AsyncIterable<Float32Array>): Promise<readonly number[]> {
	const values: number[] = [];
	for await (const piece of stream) {
		values.push(...piece);
	}
	return values;
}

/** The name that llama.cpp has for each part of a layer. */
const layerNames: Readonly<Record<string, string>> = {
	input_layernorm: "attn_norm",
	"self_attn.q_proj": "attn_q",
	"self_attn.k_proj": "attn_k",
	"self_attn.v_proj": "attn_v",
	"self_attn.o_proj": "attn_output",
	"self_attn.q_norm": "attn_q_norm",
	"self_attn.k_norm": "attn_k_norm",
	post_attention_layernorm: "ffn_norm",
	"self_attn.q_a_proj": "attn_q_a",
	"self_attn.q_a_layernorm": "attn_q_a_norm",
	"self_attn.q_b_proj": "attn_q_b",
	"self_attn.kv_a_proj_with_mqa": "attn_kv_a_mqa",
	"self_attn.kv_a_layernorm": "attn_kv_a_norm",
	"self_attn.kv_b_proj": "attn_kv_b",
	"mlp.gate": "ffn_gate_inp",
	"mlp.gate_proj": "ffn_gate",
	"mlp.up_proj": "ffn_up",
	"mlp.down_proj": "ffn_down",
	"mlp.shared_experts.gate_proj": "ffn_gate_shexp",
	"mlp.shared_experts.up_proj": "ffn_up_shexp",
	"mlp.shared_experts.down_proj": "ffn_down_shexp",
};

/** The tensors of a random checkpoint as llama.cpp keeps them: matrices in `weights`, all else in float32. */
export function ggufTensors(
	tensors: ReadonlyMap<string, RandomTensor>,
	weights: GgufWeights,
): readonly TensorBytes[] {
	const written: TensorBytes[] = [];
	const add = (name: string, shape: readonly number[], parts: readonly Float32Array[]): void => {
		const isPlain = shape.length === 1 || name.includes("ffn_gate_inp");
		const { type, encode } = isPlain ? float32Weights : weights;
		const content = Buffer.concat(parts.map(encode));
		written.push({ name, dimensions: [...shape].reverse(), type, content });
	};
	for (const [name, { shape, values }] of tensors) {
		const [, layer, part = "", kind = ""] =
			/^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
		const [, expert, projection = ""] = /experts\.(\d+)\.(.+)_proj$/.exec(part) ?? [];
		if (layer === undefined) {
			const names: Readonly<Record<string, string>> = {
				"model.embed_tokens.weight": "token_embd.weight",
				"model.norm.weight": "output_norm.weight",
				"lm_head.weight": "output.weight",
			};
			add(names[name] ?? name, shape, [values]);
		} else if (expert === undefined) {
			add(`blk.${layer}.${layerNames[part] ?? part}.${kind}`, shape, [values]);
		} else if (expert === "0") {
			const all = [...tensors].filter(([other]) =>
				new RegExp(`^model\\.layers\\.${layer}\\.mlp\\.experts\\.\\d+\\.${projection}_proj`).test(
					other,
				),
			);
			const stack = all.map(([, tensor]) => tensor.values);
			add(`blk.${layer}.ffn_${projection}_exps.weight`, [all.length, ...shape], stack);
		}
	}
	return written;
}

export function qwen3MoeMetadata(shape: CheckpointShape): Readonly<Record<string, TypedValue>> {
	return {
		"general.architecture": [8, "qwen3moe"],
		"general.name": [8, "tiny"],
		"general.license": [8, "MIT"],
		"qwen3moe.context_length": [4, shape.max_position_embeddings],
		"qwen3moe.embedding_length": [4, shape.hidden_size],
		"qwen3moe.block_count": [4, shape.num_hidden_layers],
		"qwen3moe.feed_forward_length": [4, 6144],
		"qwen3moe.attention.head_count": [4, shape.num_attention_heads],
		"qwen3moe.attention.head_count_kv": [4, shape.num_key_value_heads],
		"qwen3moe.attention.key_length": [4, shape.head_dim],
		"qwen3moe.attention.value_length": [4, shape.head_dim],
		"qwen3moe.attention.layer_norm_rms_epsilon": [6, shape.rms_norm_eps],
		"qwen3moe.rope.freq_base": [6, shape.rope_theta],
		"qwen3moe.expert_count": [4, shape.num_experts],
		"qwen3moe.expert_used_count": [4, shape.num_experts_per_tok],
		"qwen3moe.expert_feed_forward_length": [4, shape.moe_intermediate_size],
	};
}

interface TokenizerJson {
	readonly added_tokens: readonly {
		readonly id: number;
		readonly content: string;
		readonly special?: boolean;
	}[];
	readonly model: {
		readonly vocab: Readonly<Record<string, number>>;
		readonly merges: readonly (string | readonly string[])[];
	};
}

/** Byte-level BPE as GGUF has it, of a tokenizer.json's text; `size` ids, the last ones being padding. */
export function tokenizerMetadata(
	tokenizerJson: string,
	size: number,
	pre: string,
): Readonly<Record<string, TypedValue>> {
	const { added_tokens: added, model } = JSON.parse(tokenizerJson) as TokenizerJson;
	const tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
	const types = Array.from({ length: size }, () => 5);
	for (const [token, id] of Object.entries(model.vocab)) {
		tokens[id] = token;
		types[id] = 1;
	}
	for (const { id, content, special } of added) {
		tokens[id] = content;
		types[id] = special === true ? 3 : 4;
	}
	const merges = model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
	return {
		"tokenizer.ggml.model": [8, "gpt2"],
		"tokenizer.ggml.pre": [8, pre],
		"tokenizer.ggml.tokens": [9, 8, tokens],
		"tokenizer.ggml.token_type": [9, 5, types],
		"tokenizer.ggml.merges": [9, 8, merges],
	};
}

/** A whole file of a random qwen3_moe checkpoint. */
export function qwen3MoeGguf(
	shape: CheckpointShape,
	tensors: ReadonlyMap<string, RandomTensor>,
	more: Readonly<Record<string, TypedValue>>,
	weights: GgufWeights = float32Weights,
): Buffer {
	return ggufBytes({
		metadata: { ...qwen3MoeMetadata(shape), ...more },
		tensors: ggufTensors(tensors, weights),
	});
}
