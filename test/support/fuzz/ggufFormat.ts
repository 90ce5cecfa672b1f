import { parseGgufHeader } from "../../../src/importer/gguf/ggufHeader.ts";
import { readGgufTokenizer } from "../../../src/importer/gguf/ggufTokenizer.ts";
import { ggufBytes } from "../ggufBytes.ts";
import { demand, type FuzzFormat } from "./fuzzFormat.ts";
import { mutatedBytes, noise } from "./mutatedBytes.ts";

const samples = [
	ggufBytes({
		metadata: {
			"general.architecture": [8, "qwen3moe"],
			"general.alignment": [4, 64],
			"tokenizer.ggml.model": [8, "gpt2"],
			"tokenizer.ggml.pre": [8, "qwen2"],
			"tokenizer.ggml.tokens": [9, 8, ["a", "b", "ab", "<|end|>"]],
			"tokenizer.ggml.token_type": [9, 5, [1, 1, 1, 3]],
			"tokenizer.ggml.merges": [9, 8, ["a b"]],
			"tokenizer.ggml.eos_token_id": [4, 3],
			nested: [
				9,
				9,
				[
					[5, [1, -2]],
					[8, ["x"]],
				],
			],
			large: [10, 2n ** 60n],
			half: [12, 0.5],
		},
		alignment: 64,
		tensors: [
			{ name: "token_embd.weight", dimensions: [32, 4], type: 2, content: new Uint8Array(72) },
			{ name: "blk.0.attn_q.weight", dimensions: [256, 2], type: 12, content: new Uint8Array(288) },
			{ name: "output_norm.weight", dimensions: [32], type: 0, content: new Uint8Array(128) },
		],
	}),
	ggufBytes({ version: 2, metadata: { yes: [7, true], words: [9, 8, ["", "b"]] } }),
] as const;

export const ggufFormat: FuzzFormat = {
	draw: (draw) =>
		draw.once(10)
			? noise(draw, "GGUF\u0003\0\0\0")
			: mutatedBytes(draw.pick<Buffer>(samples), draw),
	read: (bytes, draw) => {
		// A file may be longer than what has been read of it.
		const fileBytes = bytes.length + (draw.once(3) ? draw.below(1_000_000_000) : 0);
		const parsed = parseGgufHeader(bytes, fileBytes, "m.gguf");
		if (parsed.kind !== "header") {
			return "incomplete";
		}
		for (const { offset, bytes: length } of parsed.header.tensors.values()) {
			demand(
				offset >= 0 && length >= 0 && offset + length <= fileBytes,
				`a tensor at ${offset} of ${length} bytes lies in a file of ${fileBytes}`,
			);
		}
		readGgufTokenizer(parsed.header.metadata);
		return "taken";
	},
};
