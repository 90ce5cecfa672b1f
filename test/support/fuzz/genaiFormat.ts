import { configTextsOf, parseGenaiConfig } from "../../../src/importer/exported/genaiConfig.ts";
import { demand, type FuzzFormat } from "./fuzzFormat.ts";
import { mutatedJson } from "./mutatedJson.ts";

const sample = {
	model: {
		type: "qwen2",
		context_length: 4096,
		vocab_size: 300,
		bos_token_id: 1,
		eos_token_id: [2, 3],
		decoder: {
			filename: "model.onnx",
			head_size: 16,
			hidden_size: 64,
			num_attention_heads: 4,
			num_hidden_layers: 2,
			num_key_value_heads: 2,
			sliding_window: { window_size: 64, slide_key_value_cache: false },
			pipeline: [],
			inputs: {
				input_ids: "input_ids",
				attention_mask: "attention_mask",
				past_key_names: "past_key_values.%d.key",
				past_value_names: "past_key_values.%d.value",
			},
			outputs: { logits: "logits", present_key_names: "present.%d.key" },
		},
	},
	search: { do_sample: false, max_length: 4096 },
};

export const genaiFormat: FuzzFormat = {
	draw: (draw) => Buffer.from(mutatedJson(sample, draw)),
	read: (bytes) => {
		const config = parseGenaiConfig(bytes.toString());
		demand(!/[/\\]/.test(config.fileName), `${config.fileName} lies in the folder`);
		for (const text of configTextsOf(config).values()) {
			JSON.parse(text);
		}
		return "taken";
	},
};
