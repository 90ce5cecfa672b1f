import * as z from "zod";
import { maxContextLength } from "../decoderPlan.ts";
import type { RotaryPlan, RotaryScaling } from "../rotaryTables.ts";
import { quoted, unsupported } from "./architecture.ts";

/** Fields of `config.json` that architectures share, bounded: a file from anywhere can't ask for more than is sensible. */

export const size = (max: number): z.ZodInt => z.int().positive().max(max);
const factor = z.number().positive().max(1e6);
const positions = size(100_000_000);

export const rotarySchema = z.object({
	/** Of newer checkpoints and of older ones. */
	rope_type: z.string().max(100).optional(),
	type: z.string().max(100).optional(),
	rope_theta: z.number().gt(1).max(1e12).optional(),
	factor: factor.optional(),
	original_max_position_embeddings: positions.nullish(),
	low_freq_factor: factor.optional(),
	high_freq_factor: factor.optional(),
	beta_fast: factor.nullish(),
	beta_slow: factor.nullish(),
	attention_factor: factor.nullish(),
	mscale: z.number().nonnegative().max(100).nullish(),
	mscale_all_dim: z.number().nonnegative().max(100).nullish(),
});

export type RotaryFields = z.infer<typeof rotarySchema>;

export const rotaryFields = {
	rope_theta: z.number().gt(1).max(1e12).optional(),
	rope_scaling: rotarySchema.nullish(),
	/** Newer checkpoints keep both in here. */
	rope_parameters: rotarySchema.nullish(),
};

export const decoderFields = {
	vocab_size: size(1_000_000),
	hidden_size: size(65_536),
	num_hidden_layers: size(1000),
	num_attention_heads: size(1000),
	max_position_embeddings: positions,
	rms_norm_eps: z.number().positive().max(1).default(1e-6),
	hidden_act: z.string().default("silu"),
	tie_word_embeddings: z.boolean().default(false),
};

/** Of {@link GroupedAttentionPlan}. Where a field is missing, the reference code derives it from others. */
export const groupedAttentionFields = {
	num_key_value_heads: size(1000).nullish(),
	head_dim: size(1024).nullish(),
	use_sliding_window: z.boolean().nullish(),
};

export const expertsFields = {
	num_experts: size(4096),
	num_experts_per_tok: size(4096),
	moe_intermediate_size: size(65_536),
	norm_topk_prob: z.boolean().default(false),
};

export const contextLengthOf = (config: { readonly max_position_embeddings: number }): number =>
	Math.min(config.max_position_embeddings, maxContextLength);

export const notSilu = (config: { readonly hidden_act: string }): readonly [boolean, string] => [
	config.hidden_act !== "silu",
	`the activation ${quoted(config.hidden_act)}`,
];

/** What rotates the first `dim` elements of each head, by the fields of a config. */
export function rotaryPlan(
	config: {
		readonly rope_theta?: number | undefined;
		readonly rope_scaling?: RotaryFields | null | undefined;
		readonly rope_parameters?: RotaryFields | null | undefined;
		readonly max_position_embeddings: number;
	},
	dim: number,
): RotaryPlan {
	const fields = config.rope_parameters ?? config.rope_scaling ?? {};
	return {
		dim,
		// The default of every architecture's reference code.
		theta: config.rope_theta ?? fields.rope_theta ?? 10_000,
		scaling: rotaryScaling(fields, config.max_position_embeddings),
	};
}

function rotaryScaling(fields: RotaryFields, declaredPositions: number): RotaryScaling {
	const kind = fields.rope_type ?? fields.type ?? "default";
	if (kind === "default") {
		return { kind: "none" };
	}
	const { factor: scale } = fields;
	const originalPositions = fields.original_max_position_embeddings ?? declaredPositions;
	if (scale !== undefined && kind === "linear") {
		return { kind, factor: scale };
	}
	const { low_freq_factor: low, high_freq_factor: high } = fields;
	if (scale !== undefined && kind === "llama3" && low !== undefined && high !== undefined) {
		return {
			kind,
			factor: scale,
			lowFrequencyFactor: low,
			highFrequencyFactor: high,
			originalPositions,
		};
	}
	if (scale !== undefined && kind === "yarn") {
		return {
			kind,
			factor: scale,
			originalPositions,
			betaFast: fields.beta_fast ?? 32,
			betaSlow: fields.beta_slow ?? 1,
			attentionFactor: fields.attention_factor ?? yarnAttentionFactor(scale, fields),
		};
	}
	throw unsupported(`has scaled rotary positions of the kind ${quoted(kind)}`);
}

function yarnAttentionFactor(
	factor: number,
	{ mscale, mscale_all_dim: all }: RotaryFields,
): number {
	return mscale && all
		? yarnLength(factor, mscale) / yarnLength(factor, all)
		: yarnLength(factor, 1);
}

/** YaRN's length of queries and keys (equation 22 of its paper), with DeepSeek's weight of the logarithm. */
export const yarnLength = (factor: number, weight: number): number =>
	factor > 1 ? 0.1 * weight * Math.log(factor) + 1 : 1;
