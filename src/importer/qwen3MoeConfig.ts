import * as z from "zod";
import { readCheckpointJson, type CheckpointFiles } from "./checkpointSource.ts";
import { ImportError } from "./importError.ts";

/** The dimensions of a qwen3_moe decoder, named as in the papers rather than as in `config.json`. */
export interface Qwen3MoeConfig {
	readonly vocabularySize: number;
	readonly hiddenSize: number;
	readonly layers: number;
	readonly heads: number;
	/** Divides `heads`. */
	readonly kvHeads: number;
	/** Even. */
	readonly headDim: number;
	readonly experts: number;
	readonly expertsPerToken: number;
	readonly expertSize: number;
	/** Whether the weights of the chosen experts are scaled to a sum of 1. */
	readonly normalizeRouting: boolean;
	readonly normEpsilon: number;
	readonly ropeTheta: number;
	/** Positions of the rotary tables: what the checkpoint declares, up to {@link maxContextLength}. */
	readonly contextLength: number;
	/** Whether the output rows are the embedding. */
	readonly tiedEmbedding: boolean;
}

/**
 * Bounds the rotary tables of models that declare hundreds of thousands of positions: they take
 * 4 · headDim bytes a position, so 33.5 MB at a head dimension of 64 and this many.
 */
export const maxContextLength = 131_072;

const configFileName = "config.json";
const maxConfigBytes = 1_000_000;

const size = (max: number): z.ZodInt => z.int().positive().max(max);
const theta = z.number().positive().max(1e12);

const configSchema = z.object({
	vocab_size: size(1_000_000),
	hidden_size: size(65_536),
	num_hidden_layers: size(1000),
	num_attention_heads: size(1000),
	num_key_value_heads: size(1000),
	head_dim: size(1024).optional(),
	num_experts: size(4096),
	num_experts_per_tok: size(4096),
	moe_intermediate_size: size(65_536),
	norm_topk_prob: z.boolean().default(false),
	rms_norm_eps: z.number().positive().max(1).default(1e-6),
	max_position_embeddings: size(100_000_000),
	tie_word_embeddings: z.boolean().default(false),
	rope_theta: theta.optional(),
	/** Newer checkpoints keep theta in here. */
	rope_parameters: z
		.object({ rope_type: z.string().optional(), rope_theta: theta.optional() })
		.nullish(),
	rope_scaling: z.unknown().optional(),
	hidden_act: z.string().default("silu"),
	attention_bias: z.boolean().default(false),
	use_sliding_window: z.boolean().default(false),
	decoder_sparse_step: z.int().default(1),
	mlp_only_layers: z.array(z.int()).nullish(),
});

type ConfigFile = z.infer<typeof configSchema>;

/** Reads `config.json`, and refuses what the graph couldn't compute rightly. */
export async function readQwen3MoeConfig(files: CheckpointFiles): Promise<Qwen3MoeConfig> {
	const typed = await readCheckpointJson(
		files,
		configFileName,
		z.object({ model_type: z.string() }),
		maxConfigBytes,
	);
	if (typed === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${files.path} has no config.json; give the folder of a Hugging Face checkpoint.`,
		);
	}
	if (typed.model_type !== "qwen3_moe") {
		throw unsupported(`is of the type "${typed.model_type.slice(0, 40)}"`);
	}
	const file = await readCheckpointJson(files, configFileName, configSchema, maxConfigBytes);
	if (file === undefined) {
		throw unsupported("lost its config.json while it was read");
	}
	const feature = unsupportedFeature(file);
	if (feature !== undefined) {
		throw unsupported(`has ${feature}`);
	}
	const config = toQwen3MoeConfig(file);
	const contradiction = contradictionIn(config);
	if (contradiction !== undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's config.json contradicts itself (${contradiction}); take the checkpoint anew from its source.`,
		);
	}
	return config;
}

function toQwen3MoeConfig(file: ConfigFile): Qwen3MoeConfig {
	return {
		vocabularySize: file.vocab_size,
		hiddenSize: file.hidden_size,
		layers: file.num_hidden_layers,
		heads: file.num_attention_heads,
		kvHeads: file.num_key_value_heads,
		headDim: file.head_dim ?? Math.floor(file.hidden_size / file.num_attention_heads),
		experts: file.num_experts,
		expertsPerToken: file.num_experts_per_tok,
		expertSize: file.moe_intermediate_size,
		normalizeRouting: file.norm_topk_prob,
		normEpsilon: file.rms_norm_eps,
		// The default of the architecture's reference code.
		ropeTheta: file.rope_theta ?? file.rope_parameters?.rope_theta ?? 10_000,
		contextLength: Math.min(file.max_position_embeddings, maxContextLength),
		tiedEmbedding: file.tie_word_embeddings,
	};
}

function unsupportedFeature(file: ConfigFile): string | undefined {
	const features: readonly (readonly [boolean, string])[] = [
		[file.hidden_act !== "silu", `the activation "${file.hidden_act.slice(0, 40)}"`],
		[file.attention_bias, "attention biases"],
		[file.use_sliding_window, "sliding-window attention"],
		[file.rope_scaling !== undefined && file.rope_scaling !== null, "scaled rotary positions"],
		[(file.rope_parameters?.rope_type ?? "default") !== "default", "scaled rotary positions"],
		[file.decoder_sparse_step !== 1, "layers without experts"],
		[(file.mlp_only_layers ?? []).length > 0, "layers without experts"],
	];
	return features.find(([isPresent]) => isPresent)?.[1];
}

function contradictionIn(config: Qwen3MoeConfig): string | undefined {
	const contradictions: readonly (readonly [boolean, string])[] = [
		[config.heads % config.kvHeads !== 0, "key heads don't divide query heads"],
		[config.headDim % 2 !== 0, "the head dimension is odd"],
		[config.expertsPerToken > config.experts, "more experts per token than experts"],
	];
	return contradictions.find(([isPresent]) => isPresent)?.[1];
}

function unsupported(what: string): ImportError {
	return new ImportError(
		"checkpointUnsupported",
		`This checkpoint ${what}, which can't be imported; choose a checkpoint of the plain type "qwen3_moe".`,
	);
}
