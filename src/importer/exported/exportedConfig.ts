import * as z from "zod";
import { readCheckpointJson, type CheckpointFiles } from "../checkpointSource.ts";

const maxConfigBytes = 1_000_000;
const size = z.int().positive().max(2_000_000).nullish();

/** Of a `config.json`, whatever its type: what a graph may leave open. */
const schema = z.object({
	model_type: z
		.string()
		.regex(/^[\w][\w.-]{0,63}$/)
		.optional(),
	max_position_embeddings: size,
	n_positions: size,
	vocab_size: size,
	hidden_size: size,
	num_attention_heads: size,
	num_key_value_heads: size,
	head_dim: size,
});

export interface ExportedConfig {
	readonly modelType: string;
	readonly contextLength: number | undefined;
	readonly vocabularySize: number | undefined;
	readonly kvHeads: number | undefined;
	readonly headDim: number | undefined;
}

/** @throws ImportError for a `config.json` that isn't one; where there is none, nothing is known */
export async function readExportedConfig(files: CheckpointFiles): Promise<ExportedConfig> {
	const config =
		(await readCheckpointJson(files, "config.json", schema, maxConfigBytes)) ?? schema.parse({});
	const { hidden_size: hidden, num_attention_heads: heads } = config;
	const headDim =
		typeof hidden === "number" && typeof heads === "number"
			? Math.floor(hidden / heads)
			: undefined;
	return {
		modelType: config.model_type ?? "decoder",
		contextLength: config.max_position_embeddings ?? config.n_positions ?? undefined,
		vocabularySize: config.vocab_size ?? undefined,
		kvHeads: config.num_key_value_heads ?? heads ?? undefined,
		headDim: config.head_dim ?? headDim,
	};
}
