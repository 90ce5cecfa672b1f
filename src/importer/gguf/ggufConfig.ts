import * as z from "zod";
import { foreignList } from "../../base/foreignJson.ts";
import type { ArchitectureName } from "../../model/architecture.ts";
import { ImportError } from "../importError.ts";
import { scalingOfFactors } from "./frequencyFactors.ts";
import type { GgufFiles } from "./ggufFiles.ts";
import type { GgufLayout } from "./ggufTensors.ts";
import { count, positiveNumber, readFields } from "./metadataFields.ts";
import { ggufArchitectures, type GgufArchitecture } from "./tensorNames.ts";

/** What a GGUF file says about its model's shape, in the words of Hugging Face's `config.json`. */
export interface GgufConfig {
	readonly layout: GgufLayout;
	readonly config: Readonly<Record<string, unknown>> & { readonly model_type: ArchitectureName };
}

/** llama.cpp's numbers for how the weights of experts are made of the router's output. */
const softmaxGating = 1;

/** The same number for every layer. Files say it once, or once a layer. */
const everywhere = (max: number): z.ZodType<number> =>
	z
		.union([count(max), foreignList(count(max), 1000)])
		.transform((value) => [...new Set([value].flat())])
		.refine((values) => values.length === 1, { error: "layers differ" })
		.transform(([value]) => value ?? 1);

const fieldsSchema = z.object({
	context_length: count(100_000_000),
	embedding_length: count(65_536),
	block_count: count(1000),
	feed_forward_length: everywhere(1_000_000).optional(),
	"attention.head_count": everywhere(1000),
	"attention.head_count_kv": everywhere(1000).optional(),
	"attention.key_length": count(4096).optional(),
	"attention.value_length": count(4096).optional(),
	"attention.key_length_mla": count(4096).optional(),
	"attention.value_length_mla": count(4096).optional(),
	"attention.q_lora_rank": count(65_536).optional(),
	"attention.kv_lora_rank": count(65_536).optional(),
	"attention.sliding_window": z.int().nonnegative().optional(),
	"attention.layer_norm_rms_epsilon": z.number().positive().max(1),
	"rope.freq_base": positiveNumber.optional(),
	"rope.dimension_count": count(4096).optional(),
	"rope.scale_linear": positiveNumber.optional(),
	"rope.scaling.type": z.string().max(40).optional(),
	"rope.scaling.factor": positiveNumber.optional(),
	"rope.scaling.original_context_length": count(100_000_000).optional(),
	"rope.scaling.yarn_log_multiplier": z.number().nonnegative().max(100).optional(),
	leading_dense_block_count: z.int().nonnegative().max(1000).optional(),
	expert_count: z.int().nonnegative().max(4096).optional(),
	expert_used_count: count(4096).optional(),
	expert_shared_count: z.int().nonnegative().max(4096).optional(),
	expert_feed_forward_length: count(65_536).optional(),
	expert_weights_scale: positiveNumber.optional(),
	expert_weights_norm: z.boolean().optional(),
	expert_gating_func: z.int().nonnegative().optional(),
	expert_group_count: z.int().nonnegative().optional(),
	expert_group_used_count: z.int().nonnegative().optional(),
});
type Fields = z.infer<typeof fieldsSchema>;

/**
 * Reads the shape of the model.
 *
 * @param frequencyFactors By which each pair's frequency is divided; undefined where the file has none.
 * @throws ImportError for architectures that aren't read, and for metadata that llama.cpp wouldn't take either
 */
export function readGgufConfig(
	files: GgufFiles,
	frequencyFactors: Float32Array | undefined,
): GgufConfig {
	const architecture = architectureOf(files);
	const fields = readFields(files.metadata, `${architecture}.`, fieldsSchema);
	const theta = fields["rope.freq_base"] ?? 10_000;
	const factorScaling =
		frequencyFactors === undefined
			? undefined
			: (scalingOfFactors(frequencyFactors, theta) ?? "unknown");
	const feature =
		factorScaling === "unknown"
			? "rotary positions with factors other than those of Llama 3"
			: unsupportedFeature(architecture, fields, files);
	if (feature !== undefined) {
		throw unsupportedModel(`has ${feature}`);
	}
	const heads = fields["attention.head_count"];
	const kvHeads = fields["attention.head_count_kv"] ?? heads;
	const embedding = files.tensor("token_embd.weight");
	if (embedding?.shape.length !== 2) {
		throw new ImportError(
			"checkpointInvalid",
			"The file has no embedding (token_embd.weight); give the file of a whole language model.",
		);
	}
	return {
		layout: { architecture, heads, kvHeads },
		config: {
			vocab_size: embedding.shape[0],
			hidden_size: fields.embedding_length,
			num_hidden_layers: fields.block_count,
			num_attention_heads: heads,
			num_key_value_heads: kvHeads,
			rms_norm_eps: fields["attention.layer_norm_rms_epsilon"],
			max_position_embeddings: fields.context_length,
			rope_theta: theta,
			hidden_act: "silu",
			tie_word_embeddings: files.tensor("output.weight") === undefined,
			...(factorScaling === undefined ? rotaryScaling(fields) : { rope_scaling: factorScaling }),
			...own[architecture](fields, heads),
		},
	};
}

function architectureOf({ metadata }: GgufFiles): GgufArchitecture {
	const declared = metadata.get("general.architecture");
	const known = ggufArchitectures.find((name) => name === declared);
	if (known !== undefined) {
		return known;
	}
	throw unsupportedModel(
		typeof declared === "string"
			? `is of the architecture "${declared.slice(0, 40)}"`
			: "doesn't say of which architecture it is",
	);
}

const own: Readonly<
	Record<GgufArchitecture, (fields: Fields, heads: number) => GgufConfig["config"]>
> = {
	llama: (fields, heads) => ({ model_type: "llama", ...denseShape(fields, heads) }),
	qwen2: (fields, heads) => ({ model_type: "qwen2", ...denseShape(fields, heads) }),
	qwen3: (fields, heads) => ({ model_type: "qwen3", ...denseShape(fields, heads) }),
	qwen3moe: (fields, heads) => ({
		model_type: "qwen3_moe",
		head_dim: headDim(fields, heads),
		num_experts: fields.expert_count,
		num_experts_per_tok: fields.expert_used_count,
		moe_intermediate_size: fields.expert_feed_forward_length ?? fields.feed_forward_length,
		// llama.cpp does so for every model of this architecture.
		norm_topk_prob: true,
	}),
	deepseek2: (fields, heads) => {
		const rotated = fields["rope.dimension_count"] ?? 0;
		const keys = fields["attention.key_length_mla"] ?? fields["attention.key_length"] ?? 0;
		return {
			model_type: "deepseek_v2",
			// Where latent attention is written as one key head, the published model still has one each.
			num_key_value_heads: heads,
			q_lora_rank: fields["attention.q_lora_rank"] ?? null,
			kv_lora_rank: fields["attention.kv_lora_rank"],
			qk_rope_head_dim: rotated,
			qk_nope_head_dim: keys - rotated,
			v_head_dim: fields["attention.value_length_mla"] ?? fields["attention.value_length"],
			intermediate_size: fields.feed_forward_length,
			moe_intermediate_size: fields.expert_feed_forward_length,
			n_routed_experts: fields.expert_count,
			n_shared_experts: fields.expert_shared_count,
			num_experts_per_tok: fields.expert_used_count,
			first_k_dense_replace: fields.leading_dense_block_count ?? 0,
			moe_layer_freq: 1,
			norm_topk_prob: fields.expert_weights_norm ?? false,
			routed_scaling_factor: fields.expert_weights_scale ?? 1,
			scoring_func: "softmax",
			topk_method: "greedy",
			n_group: 1,
			topk_group: 1,
		};
	},
};

function denseShape(fields: Fields, heads: number): Readonly<Record<string, unknown>> {
	return { head_dim: headDim(fields, heads), intermediate_size: fields.feed_forward_length };
}

const headDim = (fields: Fields, heads: number): number =>
	fields["attention.key_length"] ?? Math.floor(fields.embedding_length / heads);

function rotaryScaling(fields: Fields): {
	readonly rope_scaling?: Readonly<Record<string, unknown>>;
} {
	const type = fields["rope.scaling.type"] ?? "none";
	if (type === "none") {
		return {};
	}
	// What DeepSeek calls mscale, in the same words for all: 0.1 times it weighs the logarithm of the factor.
	const weight = fields["rope.scaling.yarn_log_multiplier"];
	const mscale = weight === undefined ? undefined : Number((weight * 10).toPrecision(6));
	return {
		rope_scaling: {
			type,
			factor: fields["rope.scaling.factor"],
			original_max_position_embeddings: fields["rope.scaling.original_context_length"],
			...(type === "yarn" && { beta_fast: 32, beta_slow: 1 }),
			...(mscale !== undefined && { mscale, mscale_all_dim: mscale }),
		},
	};
}

function unsupportedFeature(
	architecture: GgufArchitecture,
	fields: Fields,
	files: GgufFiles,
): string | undefined {
	const isLatent = architecture === "deepseek2";
	const hasExperts = isLatent || architecture === "qwen3moe";
	const heads = fields["attention.head_count"];
	const rotated = fields["rope.dimension_count"];
	const values = fields["attention.value_length"];
	const gating = fields.expert_gating_func ?? softmaxGating;
	const features: readonly (readonly [boolean, string])[] = [
		[
			!hasExperts && (fields.expert_count ?? 0) > 0,
			`experts, which "${architecture}" is only read without`,
		],
		[(fields["attention.sliding_window"] ?? 0) > 0, "sliding-window attention"],
		[(fields["rope.scale_linear"] ?? 1) !== 1, "scaled rotary positions in an old notation"],
		[
			!isLatent && rotated !== undefined && rotated !== headDim(fields, heads),
			"heads of which only a part is rotated",
		],
		[
			!isLatent && values !== undefined && values !== headDim(fields, heads),
			"values of another length than keys",
		],
		// 0 stands for what the architecture has always had.
		[
			gating !== softmaxGating && gating !== 0,
			"experts that are weighed otherwise than by a softmax",
		],
		[(fields.expert_group_count ?? 1) > 1, "experts in groups"],
		[
			hasExperts && files.tensor("blk.0.ffn_gate.0.weight") !== undefined,
			"experts in an old notation",
		],
	];
	return features.find(([isPresent]) => isPresent)?.[1];
}

function unsupportedModel(what: string): ImportError {
	return new ImportError(
		"checkpointUnsupported",
		`This model ${what}, which can't be imported; choose a model of the architecture ${ggufArchitectures.slice(0, -1).join(", ")} or ${ggufArchitectures.at(-1) ?? ""}, in its plain form.`,
	);
}
