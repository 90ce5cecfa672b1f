import fc from "fast-check";
import { expect, test } from "vitest";
import { serverWords } from "../../../../src/languageModel/remote/serverWords.ts";

test.each<readonly [unknown, string]>([
	[{ error: { message: "no", type: "x" } }, "no"],
	[{ error: "no" }, "no"],
	[{ message: "no" }, "no"],
	[{ detail: "no" }, "no"],
	[
		{
			detail: [
				{ loc: ["body", "seed"], msg: "extra" },
				{ loc: ["body", "stop", 0], msg: "odd" },
			],
		},
		"seed: extra; stop.0: odd",
	],
	[{ detail: { error: { message: "no" } } }, "no"],
	[[{ error: { message: "no" } }], "no"],
	[{ errors: [{ message: "no" }, { message: "never" }] }, "no; never"],
	[{ type: "about:blank", title: "Bad", detail: "no" }, "no"],
	[{ error: { message: '{"error":{"message":"no"}}' } }, "no"],
	[{ error: { message: "{not JSON" } }, "{not JSON"],
	[{ error: "invalid_request", error_description: "no" }, "invalid_request"],
	["no", "no"],
	[{ error: { code: 500 } }, ""],
	[{}, ""],
	[null, ""],
])("%j says %j", (value, message) => {
	expect(serverWords(value).message).toBe(message);
});

test("words that were read once are read again as they are", () => {
	const words = serverWords({
		detail: [{ loc: ["body", "seed"], msg: "extra" }],
		code: 400,
		estimated_time: 3,
	});
	expect(words).toEqual({
		message: "seed: extra",
		fields: ["body", "seed"],
		code: "400",
		isLoading: true,
	});
	expect(serverWords(words)).toEqual(words);
});

test("any JSON is survived, and what is said is bounded", () => {
	fc.assert(
		fc.property(fc.jsonValue({ maxDepth: 9 }), (value) => {
			expect(serverWords(value).message.length).toBeLessThanOrEqual(4096);
		}),
	);
});
