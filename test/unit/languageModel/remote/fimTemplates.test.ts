import { expect, test } from "vitest";
import { neutralizeControlTokens } from "../../../../src/languageModel/remote/controlTokens.ts";
import {
	fimFamilies,
	fimTemplateOf,
	fimTemplates,
	type FimFamily,
} from "../../../../src/languageModel/remote/fimTemplates.ts";

const parts = { path: "a.ts", prefix: "PRE", suffix: "SUF", pieces: [] };
const pieces = [
	{ path: "x.ts", text: "X\n" },
	{ path: "y.ts", text: "Y\n" },
];

test.each<[FimFamily, string]>([
	["qwen", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
	["deepseek", "<｜fim▁begin｜>PRE<｜fim▁hole｜>SUF<｜fim▁end｜>"],
	["starcoder", "<fim_prefix>PRE<fim_suffix>SUF<fim_middle>"],
	["mellum", "<filename>a.ts\n<fim_suffix>SUF<fim_prefix>PRE<fim_middle>"],
	["codellama", "<PRE> PRE <SUF>SUF <MID>"],
	["codestral", "[SUFFIX]SUF[PREFIX]PRE"],
	["granite", "<fim_prefix>PRE<fim_suffix>SUF<fim_middle>"],
	["granite4", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
	["codegemma", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
])("%s puts a hole so", (family, prompt) => {
	expect(fimTemplates[family].render(parts)).toBe(prompt);
});

test.each<[FimFamily, string]>([
	[
		"qwen",
		"<|repo_name|>project\n<|file_sep|>x.ts\nX\n<|file_sep|>y.ts\nY\n<|file_sep|>a.ts\n<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>",
	],
	["deepseek", "<｜fim▁begin｜>#x.ts\nX\n#y.ts\nY\n#a.ts\nPRE<｜fim▁hole｜>SUF<｜fim▁end｜>"],
	[
		"starcoder",
		"<repo_name>project<file_sep>x.ts\nX\n<file_sep>y.ts\nY\n<file_sep><fim_prefix>a.ts\nPRE<fim_suffix>SUF<fim_middle>",
	],
	[
		"mellum",
		"<filename>x.ts\nX\n<filename>y.ts\nY\n<filename>a.ts\n<fim_suffix>SUF<fim_prefix>PRE<fim_middle>",
	],
	["codestral", "[SUFFIX]SUF[PREFIX]+++++ x.ts\nX\n\n+++++ y.ts\nY\n\n+++++ a.ts\nPRE"],
	["codellama", "<PRE> PRE <SUF>SUF <MID>"],
])("%s puts other files so", (family, prompt) => {
	expect(fimTemplates[family].render({ ...parts, pieces })).toBe(prompt);
});

test.each([
	["Qwen/Qwen2.5-Coder-7B", "qwen"],
	["qwen2.5-coder:1.5b-base-q4_K_M", "qwen"],
	["Qwen/Qwen3-Coder-30B-A3B-Instruct-FP8", "qwen"],
	["deepseek-ai/DeepSeek-Coder-V2-Lite-Base", "deepseek"],
	["deepseek-coder:6.7b", "deepseek"],
	["bigcode/starcoder2-15b", "starcoder"],
	["JetBrains/Mellum2-12B-A2.5B-Base", "mellum"],
	["codellama/CodeLlama-13b-hf", "codellama"],
	["mistralai/Codestral-22B-v0.1", "codestral"],
	["ibm-granite/granite-8b-code-base-128k", "granite"],
	["granite3.3:8b", "granite"],
	["ibm-granite/granite-4.0-h-small", "granite4"],
	["granite4:tiny-h", "granite4"],
	["google/codegemma-2b", "codegemma"],
	["mistralai/Mamba-Codestral-7B-v0.1", undefined],
	["deepseek-ai/DeepSeek-R1-Distill-Llama-70B", undefined],
	["deepseek-ai/DeepSeek-V3", "deepseek"],
	["meta-llama/Llama-3.1-8B-Instruct", undefined],
	["gpt-oss-20b", undefined],
	["Qwen/Qwen3-8B", undefined],
])("%s is of the family %s", (model, family) => {
	expect(fimTemplateOf(model)?.family).toBe(family);
});

test.each(fimFamilies)("no text can hold a marker of %s", (family) => {
	const template = fimTemplates[family];
	const prompt = template.render({ path: "a", prefix: "b", suffix: "c", pieces });
	const markers = prompt.match(/<[^>]+>|\[[A-Z]+\]/g) ?? [];
	expect(markers.length).toBeGreaterThan(1);
	const clean = neutralizeControlTokens(markers.join(""), template.markers);
	for (const marker of markers) {
		expect(clean).not.toContain(marker);
	}
});
