import type { ArchitectureName } from "../../model/architecture.ts";
import type {
	DecoderPlan,
	DensePlan,
	ExpertsPlan,
	GroupedAttentionPlan,
	LayerPlan,
	SwiGluWeights,
} from "../decoderPlan.ts";
import { contextLengthOf, rotaryPlan, type RotaryFields } from "./configFields.ts";

/** The parts of decoders whose tensors are called the same in every architecture. */

/** What every `config.json` says of a decoder. */
export interface DecoderConfig {
	readonly vocab_size: number;
	readonly hidden_size: number;
	readonly num_hidden_layers: number;
	readonly max_position_embeddings: number;
	readonly rms_norm_eps: number;
	readonly tie_word_embeddings: boolean;
}

/** All of a decoder but its layers, its rotation and the shape of its KV cache. */
export const decoder = (
	architecture: ArchitectureName,
	config: DecoderConfig,
): Omit<DecoderPlan, "rotary" | "layers" | "kvHeads" | "headDim"> => ({
	architecture,
	vocabularySize: config.vocab_size,
	hiddenSize: config.hidden_size,
	contextLength: contextLengthOf(config),
	normEpsilon: config.rms_norm_eps,
	embedding: "model.embed_tokens.weight",
	finalNorm: "model.norm.weight",
	outputLayer: config.tie_word_embeddings ? undefined : "lm_head.weight",
});

/** Its layers, of which `parts` tells what lies between the norms. `prefix` is what a layer's tensors begin with. */
export const layers = (
	config: Pick<DecoderConfig, "num_hidden_layers">,
	parts: (prefix: string, layer: number) => Pick<LayerPlan, "attention" | "feedForward">,
): readonly LayerPlan[] =>
	Array.from({ length: config.num_hidden_layers }, (_, layer) => {
		const prefix = `model.layers.${layer}`;
		return {
			inputNorm: `${prefix}.input_layernorm.weight`,
			postAttentionNorm: `${prefix}.post_attention_layernorm.weight`,
			...parts(prefix, layer),
		};
	});

/** What a `config.json` says of grouped attention. Where a field is missing, it follows from others. */
export interface GroupedAttentionConfig {
	readonly hidden_size: number;
	readonly num_attention_heads: number;
	readonly num_key_value_heads?: number | null | undefined;
	readonly head_dim?: number | null | undefined;
}

/** A decoder whose layers all have grouped attention over one rotation; `parts` gets the attention as it is without extras. */
export function groupedDecoder(
	architecture: ArchitectureName,
	config: DecoderConfig &
		GroupedAttentionConfig & {
			readonly rope_theta?: number | undefined;
			readonly rope_scaling?: RotaryFields | null | undefined;
			readonly rope_parameters?: RotaryFields | null | undefined;
		},
	parts: (
		prefix: string,
		attention: GroupedAttentionPlan,
	) => Pick<LayerPlan, "attention" | "feedForward">,
): DecoderPlan {
	const { kvHeads, headDim } = groupedAttention("", config);
	return {
		...decoder(architecture, config),
		kvHeads,
		headDim,
		rotary: [rotaryPlan(config, headDim)],
		layers: layers(config, (prefix) => parts(prefix, groupedAttention(prefix, config))),
	};
}

/** Grouped attention over the first rotation, without biases and norms of heads. */
export function groupedAttention(
	prefix: string,
	config: GroupedAttentionConfig,
): GroupedAttentionPlan {
	const heads = config.num_attention_heads;
	return {
		kind: "grouped",
		heads,
		kvHeads: config.num_key_value_heads ?? heads,
		headDim: config.head_dim ?? Math.floor(config.hidden_size / heads),
		rotary: 0,
		windowTokens: undefined,
		weights: {
			query: `${prefix}.self_attn.q_proj.weight`,
			key: `${prefix}.self_attn.k_proj.weight`,
			value: `${prefix}.self_attn.v_proj.weight`,
			output: `${prefix}.self_attn.o_proj.weight`,
		},
		biases: undefined,
		headNorms: undefined,
	};
}

export const attentionBiases = (prefix: string): GroupedAttentionPlan["biases"] => ({
	query: `${prefix}.self_attn.q_proj.bias`,
	key: `${prefix}.self_attn.k_proj.bias`,
	value: `${prefix}.self_attn.v_proj.bias`,
});

export const headNorms = (prefix: string): GroupedAttentionPlan["headNorms"] => ({
	query: `${prefix}.self_attn.q_norm.weight`,
	key: `${prefix}.self_attn.k_norm.weight`,
});

export const dense = (prefix: string, size: number): DensePlan => ({
	kind: "dense",
	size,
	weights: swiGlu(`${prefix}.mlp`),
});

export const experts = (
	prefix: string,
	config: {
		readonly num_experts: number;
		readonly num_experts_per_tok: number;
		readonly moe_intermediate_size: number;
		readonly norm_topk_prob: boolean;
	},
): ExpertsPlan => ({
	kind: "experts",
	experts: config.num_experts,
	expertsPerToken: config.num_experts_per_tok,
	expertSize: config.moe_intermediate_size,
	normalizeRouting: config.norm_topk_prob,
	router: `${prefix}.mlp.gate.weight`,
	outputScale: 1,
	shared: undefined,
	weights: (expert) => swiGlu(`${prefix}.mlp.experts.${expert}`),
});

export const swiGlu = (prefix: string): SwiGluWeights => ({
	gate: `${prefix}.gate_proj.weight`,
	up: `${prefix}.up_proj.weight`,
	down: `${prefix}.down_proj.weight`,
});
