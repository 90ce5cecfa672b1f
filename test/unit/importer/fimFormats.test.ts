import { expect, test } from "vitest";
import { knownFimFormat } from "../../../src/importer/fimFormats.ts";
import type { ArchitectureName } from "../../../src/model/architecture.ts";
import type { FimFormat } from "../../../src/model/manifest.ts";

/** A prompt as the family's model card writes it, with P and S for prefix and suffix. */
function promptOf(format: FimFormat | undefined): string | undefined {
	if (format === undefined) {
		return undefined;
	}
	const { order, prefix, suffix, middle = "", start = "", file } = format;
	const parts = [`${prefix}P`, `${suffix}S`];
	const inOrder = order === "psm" ? parts : parts.toReversed();
	const head = file === undefined ? "" : `${file}path\n`;
	return `${start}${head}${inOrder.join("")}${middle}`;
}

const families: readonly (readonly [
	family: string,
	architecture: ArchitectureName,
	tokens: readonly string[],
	prompt: string,
])[] = [
	[
		"Qwen",
		"qwen3_moe",
		["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|file_sep|>"],
		"<|file_sep|>path\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
	],
	[
		"DeepSeek",
		"deepseek_v2",
		["<｜begin▁of▁sentence｜>", "<｜fim▁hole｜>", "<｜fim▁begin｜>", "<｜fim▁end｜>"],
		"<｜begin▁of▁sentence｜><｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>",
	],
	[
		"Mellum 2",
		"mellum",
		["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>"],
		"<filename>path\n<fim_suffix>S<fim_prefix>P<fim_middle>",
	],
	[
		"StarCoder2",
		"llama",
		["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>", "<repo_name>"],
		"<file_sep>path\n<fim_prefix>P<fim_suffix>S<fim_middle>",
	],
	[
		"Granite 3",
		"llama",
		["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>"],
		"<filename>path\n<fim_prefix>P<fim_suffix>S<fim_middle>",
	],
	[
		"Seed-Coder",
		"llama",
		["<[begin▁of▁sentence]>", "<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>"],
		"<[begin▁of▁sentence]><[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>",
	],
	[
		"CodeLlama",
		"llama",
		["<s>", "</s>", "▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>"],
		"<s>▁<PRE>P▁<SUF>S▁<MID>",
	],
	["Codestral", "llama", ["<s>", "</s>", "[PREFIX]", "[SUFFIX]"], "<s>[SUFFIX]S[PREFIX]P"],
];

test.each(families)(
	"%s's prompts are written as its model card says",
	(_, architecture, tokens, prompt) => {
		const format = knownFimFormat(architecture, (token) => tokens.includes(token));
		expect(promptOf(format)).toBe(prompt);
	},
);

test("a tokenizer that lacks one of the markers has no format", () => {
	for (const [, architecture, tokens] of families) {
		const marker = tokens.find((token) => /pre|begin▁of/i.test(token));
		const format = knownFimFormat(
			architecture,
			(token) => tokens.includes(token) && token !== marker,
		);
		expect(format).toBeUndefined();
	}
});
