import fc from "fast-check";
import { expect, test } from "vitest";
import { SpokenText } from "../../../../src/languageModel/remote/spokenText.ts";

function spoken(text: string, sizes: readonly number[]): string {
	const filter = new SpokenText();
	let result = "";
	let at = 0;
	for (let index = 0; at < text.length; index++) {
		const size = sizes[index % sizes.length] ?? 1;
		result += filter.push(text.slice(at, at + size));
		at += size;
	}
	return result + filter.end();
}

test.each([
	["Hello", "Hello"],
	["  Hello ", "  Hello "],
	["<think>\nsecret\n</think>\n\nHello", "Hello"],
	["\n<thinking>a</thinking><think>b</think> Hello", "Hello"],
	["[THINK]a[/THINK]Hello", "Hello"],
	["<think>never closed", ""],
	["<think></think>", ""],
	["<thin air", "<thin air"],
	["Use <think>tags</think>.", "Use <think>tags</think>."],
	["Hello<|im_end|>", "Hello"],
	["Hello<|im_end|>\n<|endoftext|> ", "Hello"],
	["Hello</s>", "Hello"],
	["Hello<|im_", "Hello<|im_"],
	["The token <|im_end|> ends a turn", "The token <|im_end|> ends a turn"],
	["`</s>`", "`</s>`"],
	["Hello<|im_end|>\n<|im_start|>user\nAnd", "Hello"],
	["<|im_end|>", ""],
])("%j says %j, however it is cut", (text, expected) => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 20 }),
			(sizes) => {
				expect(spoken(text, sizes)).toBe(expected);
			},
		),
		{ numRuns: 40 },
	);
});

test("white space and tokens without end are let go", () => {
	const filter = new SpokenText();
	filter.push("Hi<eos>");
	for (let chunk = 0; chunk < 100; chunk++) {
		filter.push(" ".repeat(100));
	}
	expect(filter.end()).toBe("");
	expect(spoken(" ".repeat(5000) + "Hi", [50])).toBe(" ".repeat(5000) + "Hi");
});
