import * as z from "zod";
import { defineArchitecture } from "./architecture.ts";
import {
	decoderFields,
	groupedAttentionFields,
	notSilu,
	rotaryFields,
	size,
} from "./configFields.ts";
import { dense, groupedDecoder, headNorms } from "./pieces.ts";

/** Qwen3's dense models: a norm on each head of queries and keys. */
export const qwen3 = defineArchitecture({
	config: z.object({
		...decoderFields,
		...groupedAttentionFields,
		...rotaryFields,
		intermediate_size: size(262_144),
		attention_bias: z.boolean().nullish(),
	}),
	unsupported: (config) => [
		notSilu(config),
		[config.attention_bias === true, "attention biases"],
		[config.use_sliding_window === true, "sliding-window attention"],
	],
	plan: (config) =>
		groupedDecoder("qwen3", config, (prefix, attention) => ({
			attention: { ...attention, headNorms: headNorms(prefix) },
			feedForward: dense(prefix, config.intermediate_size),
		})),
});
