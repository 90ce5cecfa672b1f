import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blankReasoning, ReasoningFilter, withoutReasoning } from "../../../src/chat/reasoning.ts";

describe("what a model thinks aloud", () => {
	test.each([
		["<think>a\nb</think>\n\nanswer", "answer"],
		["<think>\n\n</think>\n\nanswer", "answer"],
		["\n <THINK>a</Think>answer", "answer"],
		["<thinking>a</thinking>\nanswer", "answer"],
		["<reasoning>a</reasoning> answer", "answer"],
		["[THINK]a[/THINK]answer", "answer"],
		["◁think▷a◁/think▷answer", "answer"],
		["<|channel|>analysis<|message|>a<|end|><|channel|>final<|message|>answer", "answer"],
		["<think>a</think><think>b</think>answer", "answer"],
		["<think>```ts\nold\n```</think>\n```ts\nnew\n```", "```ts\nnew\n```"],
		["Sure.\n<think>a</think>\nanswer", "Sure.\nanswer"],
		["a\n</think>\n\nanswer", "answer"],
		["a</think>answer", "a</think>answer"],
		["<think>never ends", ""],
		["<think>ends</thin", ""],
	])("is no part of the answer: %j", (answer, expected) => {
		expect(withoutReasoning(answer)).toBe(expected);
	});

	test.each([
		"answer",
		"",
		"The mark `<think>` begins it, `</think>` ends it; nothing else.",
		"```xml\n<think>\nx\n</think>\n```",
		"- item\n  ```\n<think>\n  ```",
		"<thin ice>",
		"a < b\n  indented",
	])("isn't found in %j", (answer) => {
		expect(withoutReasoning(answer)).toBe(answer);
	});

	test("leaves lines where they were, where that is asked for", () => {
		expect(blankReasoning("<think>\n```\nx\n```\n</think>\n\nanswer")).toBe("\n\n\n\n\n\nanswer");
	});

	test("is taken out alike however the answer is cut into pieces", () => {
		const part = fc.constantFrom(
			"<think>",
			"</think>",
			"<th",
			"ink>",
			"\n",
			" ",
			"a",
			"```\n",
			"[THINK]",
			"[/THINK]",
		);
		fc.assert(
			fc.property(
				fc.array(part, { maxLength: 14 }).map((parts) => parts.join("")),
				fc.array(fc.nat({ max: 60 }), { maxLength: 6 }),
				(answer, cuts) => {
					const places = [0, ...cuts.toSorted((a, b) => a - b), answer.length];
					const filter = new ReasoningFilter();
					const pieces = places.map((start, at) =>
						filter.push(answer.slice(start, Math.max(start, places[at + 1] ?? answer.length))),
					);
					const whole = new ReasoningFilter();
					expect(pieces.join("") + filter.end()).toBe(whole.push(answer) + whole.end());
				},
			),
		);
	});
});
