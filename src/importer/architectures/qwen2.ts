import * as z from "zod";
import { defineArchitecture } from "./architecture.ts";
import {
	decoderFields,
	groupedAttentionFields,
	notSilu,
	rotaryFields,
	size,
} from "./configFields.ts";
import { attentionBiases, dense, groupedDecoder } from "./pieces.ts";

/** Qwen2 and Qwen2.5, with their coders: biases on queries, keys and values. */
export const qwen2 = defineArchitecture({
	config: z.object({
		...decoderFields,
		...groupedAttentionFields,
		...rotaryFields,
		intermediate_size: size(262_144),
	}),
	unsupported: (config) => [
		notSilu(config),
		[config.use_sliding_window === true, "sliding-window attention"],
	],
	plan: (config) =>
		groupedDecoder("qwen2", config, (prefix, attention) => ({
			attention: { ...attention, biases: attentionBiases(prefix) },
			feedForward: dense(prefix, config.intermediate_size),
		})),
});
