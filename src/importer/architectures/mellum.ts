import * as z from "zod";
import { foreignList } from "../../base/foreignJson.ts";
import { defineArchitecture } from "./architecture.ts";
import {
	decoderFields,
	expertsFields,
	groupedAttentionFields,
	notSilu,
	rotarySchema,
	rotaryPlan,
	size,
} from "./configFields.ts";
import { decoder, dense, experts, groupedAttention, headNorms, layers } from "./pieces.ts";

const attentionType = z.enum(["full_attention", "sliding_attention"]);
type AttentionType = z.infer<typeof attentionType>;

/** Of the architecture's reference code. */
const defaultThetas = { full_attention: 500_000, sliding_attention: 10_000 } as const;

/**
 * JetBrains' Mellum 2: layers of Qwen3's kind, most of which see a window of the last positions only. Each kind of
 * layer has a rotation of its own; those that see everything are stretched by YaRN.
 */
export const mellum = defineArchitecture({
	config: z.object({
		...decoderFields,
		...groupedAttentionFields,
		...expertsFields,
		norm_topk_prob: z.boolean().default(true),
		attention_bias: z.boolean().nullish(),
		intermediate_size: size(262_144).default(7168),
		sliding_window: z
			.int()
			.min(2)
			.max(100_000_000)
			.nullish()
			.transform((window) => window ?? undefined),
		layer_types: foreignList(attentionType, 1000).nullish(),
		mlp_layer_types: foreignList(z.enum(["dense", "sparse"]), 1000).nullish(),
		rope_parameters: z.partialRecord(attentionType, rotarySchema).nullish(),
	}),
	unsupported: (config) => [notSilu(config), [config.attention_bias === true, "attention biases"]],
	contradictions: (config) => [
		[
			(config.layer_types?.length ?? config.num_hidden_layers) !== config.num_hidden_layers,
			"layer_types has another length",
		],
		[
			(config.mlp_layer_types?.length ?? config.num_hidden_layers) !== config.num_hidden_layers,
			"mlp_layer_types has another length",
		],
		[
			(config.layer_types ?? []).includes("sliding_attention") &&
				config.sliding_window === undefined,
			"sliding_window is missing",
		],
	],
	plan: (config) => {
		const types = Array.from(
			{ length: config.num_hidden_layers },
			(_, layer): AttentionType => config.layer_types?.[layer] ?? "full_attention",
		);
		const rotations = [...new Set(types)];
		const { kvHeads, headDim } = groupedAttention("", config);
		return {
			...decoder("mellum", config),
			kvHeads,
			headDim,
			rotary: rotations.map((type) =>
				rotaryPlan(
					{
						rope_parameters: config.rope_parameters?.[type] ?? { rope_theta: defaultThetas[type] },
						max_position_embeddings: config.max_position_embeddings,
					},
					headDim,
				),
			),
			layers: layers(config, (prefix, layer) => {
				const type = types[layer] ?? "full_attention";
				return {
					attention: {
						...groupedAttention(prefix, config),
						headNorms: headNorms(prefix),
						rotary: rotations.indexOf(type),
						windowTokens: type === "sliding_attention" ? config.sliding_window : undefined,
					},
					feedForward:
						config.mlp_layer_types?.[layer] === "dense"
							? dense(prefix, config.intermediate_size)
							: experts(prefix, config),
				};
			}),
		};
	},
});
