import * as z from "zod";
import { foreignList } from "../../base/foreignJson.ts";
import { defineArchitecture } from "./architecture.ts";
import {
	decoderFields,
	expertsFields,
	groupedAttentionFields,
	notSilu,
	rotaryFields,
} from "./configFields.ts";
import { experts, groupedDecoder, headNorms } from "./pieces.ts";

/** Qwen3's mixtures of experts, Qwen3-Coder-30B-A3B among them, and the bundled models. */
export const qwen3Moe = defineArchitecture({
	config: z.object({
		...decoderFields,
		...groupedAttentionFields,
		...rotaryFields,
		...expertsFields,
		attention_bias: z.boolean().nullish(),
		decoder_sparse_step: z.int().default(1),
		mlp_only_layers: foreignList(z.int(), 1000).nullish(),
	}),
	unsupported: (config) => [
		notSilu(config),
		[config.attention_bias === true, "attention biases"],
		[config.use_sliding_window === true, "sliding-window attention"],
		[config.decoder_sparse_step !== 1, "layers without experts"],
		[(config.mlp_only_layers ?? []).length > 0, "layers without experts"],
	],
	plan: (config) =>
		groupedDecoder("qwen3_moe", config, (prefix, attention) => ({
			attention: { ...attention, headNorms: headNorms(prefix) },
			feedForward: experts(prefix, config),
		})),
});
