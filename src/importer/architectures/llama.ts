import * as z from "zod";
import { defineArchitecture } from "./architecture.ts";
import {
	decoderFields,
	groupedAttentionFields,
	notSilu,
	rotaryFields,
	size,
} from "./configFields.ts";
import { dense, groupedDecoder } from "./pieces.ts";

/** Llama, and what is built like it: Llama 2 and 3, CodeLlama, DeepSeek-Coder 1, Seed-Coder, Mellum 4B. */
export const llama = defineArchitecture({
	config: z.object({
		...decoderFields,
		...groupedAttentionFields,
		...rotaryFields,
		intermediate_size: size(262_144),
		attention_bias: z.boolean().nullish(),
		mlp_bias: z.boolean().nullish(),
	}),
	unsupported: (config) => [
		notSilu(config),
		[config.attention_bias === true, "attention biases"],
		[config.mlp_bias === true, "biases in its feed-forward layers"],
	],
	plan: (config) =>
		groupedDecoder("llama", config, (prefix, attention) => ({
			attention,
			feedForward: dense(prefix, config.intermediate_size),
		})),
});
