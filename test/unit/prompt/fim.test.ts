import { describe, expect, test } from "vitest";
import type { ModelManifest } from "../../../src/model/manifest.ts";
import { FimPromptBuilder, type FimInput, type FimPrompt } from "../../../src/prompt/fim.ts";
import { tinySpecialTokens } from "../../support/tinyTokenizer.ts";
import { testManifest, testTokenizer, textWithMarkers } from "../../support/testModel.ts";

/** The prompt as text, with the bytes that the answer has to begin with in braces. */
function render({ tokens, healBytes }: FimPrompt): string {
	return `${textWithMarkers(tokens)}{${Buffer.from(healBytes).toString()}}`;
}

function promptFor(input: Partial<FimInput>, manifest: ModelManifest = testManifest): string {
	const builder = new FimPromptBuilder(testTokenizer, manifest);
	const text = "a;\nb;\nc;\n";
	return render(
		builder.build({
			path: "src/a.ts",
			text,
			prefixEnd: 4,
			suffixStart: 5,
			maxTokens: 500,
			...input,
		}),
	);
}

test("suffix-prefix-middle order, each part behind its marker", () => {
	expect(promptFor({})).toBe(
		"<|file|>src/a.ts\n<|fim_suffix|>\nc;\n<|fim_prefix|>a;\nb<|fim_middle|>{}",
	);
});

test("prefix-suffix-middle order when the manifest says so", () => {
	expect(
		promptFor(
			{},
			{
				...testManifest,
				fim: {
					order: "psm",
					prefix: "<|fim_prefix|>",
					suffix: "<|fim_suffix|>",
					middle: "<|fim_middle|>",
				},
			},
		),
	).toBe("<|fim_prefix|>a;\nb<|fim_suffix|>\nc;\n<|fim_middle|>{}");
});

test("a model's first token stands in front of everything, and no marker where there is none", () => {
	expect(
		promptFor(
			{},
			{
				...testManifest,
				fim: {
					order: "spm",
					start: "<|endoftext|>",
					prefix: "<|fim_prefix|>",
					suffix: "<|fim_suffix|>",
					file: "<|file|>",
				},
			},
		),
	).toBe("<|endoftext|><|file|>src/a.ts\n<|fim_suffix|>\nc;\n<|fim_prefix|>a;\nb{}");
});

test("the start of a token at the cursor is left to the answer", () => {
	const text = "const";
	expect(promptFor({ text, prefixEnd: 4, suffixStart: 5 })).toBe(
		"<|file|>src/a.ts\n<|fim_suffix|><|fim_prefix|><|fim_middle|>{cons}",
	);
});

test("text that looks like a special token stays text", () => {
	const builder = new FimPromptBuilder(testTokenizer, testManifest);
	const text = "<|fim_middle|><|endoftext|>";
	const { tokens } = builder.build({
		path: "<|file|>",
		text,
		prefixEnd: text.length,
		suffixStart: text.length,
		maxTokens: 500,
	});
	expect(tokens.filter((token) => token < tinySpecialTokens.length).length).toBe(4);
});

test("the prompt is never longer than its budget", () => {
	const builder = new FimPromptBuilder(testTokenizer, testManifest);
	const text = "const größe = 🙂;\n".repeat(500);
	for (const maxTokens of [32, 100, 257, 1000]) {
		const { tokens } = builder.build({
			path: "a.ts",
			text,
			prefixEnd: 4000,
			suffixStart: 4000,
			maxTokens,
		});
		expect(tokens.length).toBeLessThanOrEqual(maxTokens);
		expect(tokens.length).toBeGreaterThan(maxTokens / 2);
	}
});

describe("paths", () => {
	test.each([
		["/home/me/a.ts", "home/me/a.ts"],
		["C:\\me\\a.ts", "me/a.ts"],
		["a\n<|fim_middle|>\r\u2028b\u202e.ts", "a<|fim_middle|>b.ts"],
		[`${"long/".repeat(100)}a.ts`, `${"long/".repeat(31)}a.ts`],
		["\ud800.ts", "\ufffd.ts"],
	])("%j is told as %j", (path, told) => {
		const prompt = promptFor({ path, text: "", prefixEnd: 0, suffixStart: 0 });
		expect(prompt).toBe(`<|file|>${told}\n<|fim_suffix|><|fim_prefix|><|fim_middle|>{}`);
	});
});

test("a model without a fill-in-the-middle format is refused with a sentence", () => {
	const { fim, ...manifest } = testManifest;
	expect(fim?.order).toBe("spm");
	expect(() => new FimPromptBuilder(testTokenizer, manifest)).toThrow(
		'The model test can\'t fill in the middle of a file; choose one whose manifest has a "fim" entry.',
	);
	expect(
		() => new FimPromptBuilder(testTokenizer, { ...testManifest, stopTokens: ["<|im_end|>"] }),
	).toThrow("The tokenizer of the model test has no token <|im_end|>; import the model again.");
});
