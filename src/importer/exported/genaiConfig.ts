import { join } from "node:path";
import * as z from "zod";
import { foreignList, foreignRecord } from "../../base/foreignJson.ts";
import type { CheckpointFileName } from "../checkpointSource.ts";
import { ImportError } from "../importError.ts";
import { parseJson, readTextFile } from "../jsonFile.ts";

/** What onnxruntime-genai reads of a folder first. */
export const genaiConfigFileName = "genai_config.json";
const maxConfigBytes = 1_000_000;

const size = z.int().positive().max(2_000_000);
const name = z.string().min(1).max(400);
const tokenIds = z.union([z.int(), foreignList(z.int(), 100)]);

const schema = z.object({
	model: z.object({
		type: z.string().max(100).optional(),
		context_length: size.optional(),
		vocab_size: size.optional(),
		eos_token_id: tokenIds.optional(),
		decoder: z.object({
			filename: name.optional(),
			head_size: size.optional(),
			num_hidden_layers: size.optional(),
			num_key_value_heads: size.optional(),
			/** The graph wants caches that are moved along by whoever runs it. */
			sliding_window: z.object({ slide_key_value_cache: z.boolean().optional() }).nullish(),
			/** The decoder is cut into several graphs. */
			pipeline: z.array(z.unknown()).optional(),
			inputs: foreignRecord(name, 1000).default({}),
			outputs: foreignRecord(name, 1000).default({}),
		}),
	}),
});

/** What such a file says of a decoder. Names of layers' tensors have `%d` for the layer. */
export interface GenaiConfig {
	readonly fileName: string;
	readonly modelType: string | undefined;
	readonly contextLength: number | undefined;
	readonly vocabularySize: number | undefined;
	readonly kvHeads: number | undefined;
	readonly headDim: number | undefined;
	readonly endIds: readonly number[];
	/** By the words of onnxruntime-genai: `input_ids`, `past_key_names`, … */
	readonly inputs: Readonly<Record<string, string>>;
	readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Reads `genai_config.json`; undefined where a folder has none.
 *
 * @throws ImportError for what isn't one, and for decoders that need more than one graph
 */
export async function readGenaiConfig(folder: string): Promise<GenaiConfig | undefined> {
	const text = await readTextFile(join(folder, genaiConfigFileName), maxConfigBytes);
	return text === undefined ? undefined : parseGenaiConfig(text);
}

/** {@link readGenaiConfig} of the text of such a file. */
export function parseGenaiConfig(text: string): GenaiConfig {
	const { model } = parseJson(text, schema, genaiConfigFileName);
	const { type, context_length, vocab_size, eos_token_id, decoder } = model;
	const { filename: fileName = "model.onnx" } = decoder;
	if (!/^[\w][\w.-]*$/.test(fileName)) {
		throw new ImportError(
			"checkpointInvalid",
			`The file ${genaiConfigFileName} names the graph ${JSON.stringify(fileName.slice(0, 80))}, which is no file of its folder; take the model anew from its source.`,
		);
	}
	const isPipeline = decoder.pipeline !== undefined && decoder.pipeline.length > 0;
	const slides = decoder.sliding_window?.slide_key_value_cache === true;
	if (isPipeline || slides) {
		throw new ImportError(
			"checkpointUnsupported",
			`The model was exported ${isPipeline ? "as several graphs" : "with a KV cache that slides"}, for a processor of another kind; take an export for CPUs.`,
		);
	}
	return {
		fileName,
		modelType: type,
		contextLength: context_length,
		vocabularySize: vocab_size,
		kvHeads: decoder.num_key_value_heads,
		headDim: decoder.head_size,
		endIds: [eos_token_id ?? []].flat(),
		inputs: decoder.inputs,
		outputs: decoder.outputs,
	};
}

/** The texts of a Hugging Face folder, as far as such a config says the same. */
export function configTextsOf(config: GenaiConfig): ReadonlyMap<CheckpointFileName, string> {
	const { modelType, contextLength, vocabularySize, kvHeads, headDim, endIds } = config;
	return new Map([
		[
			"config.json",
			JSON.stringify({
				model_type: modelType,
				max_position_embeddings: contextLength,
				vocab_size: vocabularySize,
				num_key_value_heads: kvHeads,
				head_dim: headDim,
			}),
		],
		["generation_config.json", JSON.stringify({ eos_token_id: endIds })],
	]);
}
