import * as z from "zod";
import type { LatentAttentionPlan } from "../decoderPlan.ts";
import { defineArchitecture, quoted } from "./architecture.ts";
import {
	decoderFields,
	notSilu,
	rotaryFields,
	rotaryPlan,
	size,
	yarnLength,
} from "./configFields.ts";
import { decoder, dense, experts, layers, swiGlu } from "./pieces.ts";

const config = z.object({
	...decoderFields,
	...rotaryFields,
	attention_bias: z.boolean().nullish(),
	q_lora_rank: size(65_536).nullish(),
	kv_lora_rank: size(960),
	qk_nope_head_dim: size(1024),
	qk_rope_head_dim: size(64),
	v_head_dim: size(1024),
	intermediate_size: size(262_144),
	moe_intermediate_size: size(65_536),
	n_routed_experts: size(4096).nullish(),
	n_shared_experts: z.int().nonnegative().max(64).nullish(),
	num_experts_per_tok: size(4096).nullish(),
	first_k_dense_replace: z.int().nonnegative().max(1000).default(0),
	moe_layer_freq: z.int().default(1),
	topk_method: z.string().default("greedy"),
	scoring_func: z.string().default("softmax"),
	norm_topk_prob: z.boolean().default(false),
	routed_scaling_factor: z.number().positive().max(1000).default(1),
});
type Config = z.infer<typeof config>;

/**
 * DeepSeek-V2-Lite and DeepSeek-Coder-V2-Lite: latent attention, the first layers dense, behind them experts beside
 * some that every token goes through. The large models choose experts by groups, which isn't built.
 */
export const deepseekV2 = defineArchitecture({
	config,
	unsupported: (file) => [
		notSilu(file),
		[file.attention_bias === true, "attention biases"],
		[file.topk_method !== "greedy", `experts chosen by ${quoted(file.topk_method)}`],
		[file.scoring_func !== "softmax", `experts scored by ${quoted(file.scoring_func)}`],
		[file.moe_layer_freq !== 1, "layers without experts"],
	],
	plan: (file) => ({
		...decoder("deepseek_v2", file),
		kvHeads: 1,
		headDim: file.qk_rope_head_dim + file.kv_lora_rank,
		rotary: [rotaryPlan(file, file.qk_rope_head_dim)],
		layers: layers(file, (prefix, layer) => ({
			attention: latentAttention(prefix, file),
			feedForward:
				layer < file.first_k_dense_replace || !file.n_routed_experts
					? dense(prefix, file.intermediate_size)
					: {
							...experts(prefix, {
								num_experts: file.n_routed_experts,
								num_experts_per_tok: file.num_experts_per_tok ?? 1,
								moe_intermediate_size: file.moe_intermediate_size,
								norm_topk_prob: file.norm_topk_prob,
							}),
							outputScale: file.norm_topk_prob ? 1 : file.routed_scaling_factor,
							shared: sharedExperts(prefix, file),
						},
		})),
	}),
});

/** Published as one SwiGLU of the size of all of them. */
const sharedExperts = (prefix: string, file: Config): ReturnType<typeof dense> | undefined =>
	file.n_shared_experts
		? {
				kind: "dense",
				size: file.n_shared_experts * file.moe_intermediate_size,
				weights: swiGlu(`${prefix}.mlp.shared_experts`),
			}
		: undefined;

function latentAttention(prefix: string, file: Config): LatentAttentionPlan {
	const part = (name: string): string => `${prefix}.self_attn.${name}.weight`;
	return {
		kind: "latent",
		heads: file.num_attention_heads,
		latentSize: file.kv_lora_rank,
		rotaryDim: file.qk_rope_head_dim,
		plainDim: file.qk_nope_head_dim,
		valueDim: file.v_head_dim,
		rotary: 0,
		scale: attentionScale(file),
		query: file.q_lora_rank
			? {
					kind: "compressed",
					size: file.q_lora_rank,
					down: part("q_a_proj"),
					norm: part("q_a_layernorm"),
					weight: part("q_b_proj"),
				}
			: { kind: "direct", weight: part("q_proj") },
		latent: part("kv_a_proj_with_mqa"),
		latentNorm: part("kv_a_layernorm"),
		keysAndValues: part("kv_b_proj"),
		output: part("o_proj"),
	};
}

/** Of whole queries and keys, with what YaRN's authors put on both and DeepSeek on the product. */
function attentionScale(file: Config): number {
	const plain = 1 / Math.sqrt(file.qk_nope_head_dim + file.qk_rope_head_dim);
	const scaling = file.rope_parameters ?? file.rope_scaling;
	const isYarn = (scaling?.rope_type ?? scaling?.type) === "yarn";
	return isYarn && scaling?.mscale_all_dim
		? plain * yarnLength(scaling.factor ?? 1, scaling.mscale_all_dim) ** 2
		: plain;
}
