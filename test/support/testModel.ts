import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import type { ChatFormat, ModelManifest } from "../../src/model/manifest.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { tinySpecialTokens, tinyTokenizerJson } from "./tinyTokenizer.ts";

/** A real tokenizer with a small vocabulary. */
export const testTokenizer = createTokenizer(tinyTokenizerJson());

/** The text that the tokens are of; special tokens have none. */
export function textOf(tokens: readonly TokenId[]): string {
	return Buffer.concat(tokens.map((token) => testTokenizer.bytesOf(token))).toString();
}

/** The same with special tokens by their names. */
export function textWithMarkers(tokens: readonly TokenId[]): string {
	const parts = tokens.map((token) => {
		const marker = tinySpecialTokens[token];
		return marker === undefined ? testTokenizer.bytesOf(token) : Buffer.from(marker);
	});
	return Buffer.concat(parts).toString();
}

const file = { name: "file", bytes: 0, sha256: "0".repeat(64) };

export const testManifest: ModelManifest = {
	formatVersion: 1,
	name: "test",
	architecture: "qwen3_moe",
	license: "MIT",
	quantization: "int4",
	vocabularySize: testTokenizer.vocabularySize,
	contextLength: 4096,
	trainedContextLength: 2048,
	layers: 1,
	kvHeads: 1,
	headDim: 16,
	kvCache: "float32",
	stopTokens: ["<|endoftext|>"],
	fim: {
		order: "spm",
		prefix: "<|fim_prefix|>",
		suffix: "<|fim_suffix|>",
		middle: "<|fim_middle|>",
		file: "<|file|>",
	},
	files: { graph: file, weights: file, tokenizer: file },
};

/** In the manner of ChatML, with special tokens that the small vocabulary has. */
export const testChat: ChatFormat = {
	template: `{%- for message in messages -%}
<|repo|>{{ message.role }}
{{ message.content }}<|pad|>
{% endfor -%}
{%- if add_generation_prompt %}<|repo|>assistant
{% endif %}`,
	specialTokens: ["<|repo|>", "<|pad|>"],
	stopTokens: ["<|pad|>"],
};

export const chatManifest: ModelManifest = { ...testManifest, chat: testChat };
