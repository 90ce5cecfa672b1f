import { expect, test } from "vitest";
import {
	RefusedFields,
	withoutRefused,
} from "../../../../src/languageModel/remote/refusedFields.ts";
import { serverWords } from "../../../../src/languageModel/remote/serverWords.ts";

const body = {
	model: "m",
	messages: [{ role: "user", content: "stop the temperature" }],
	max_tokens: 64,
	temperature: 0.7,
	stop: ["x"],
	seed: 1,
	stream: true,
	stream_options: { include_usage: true },
};

/** Names of what is in `body` and not in the result, with "+" for what came. */
function taken(said: unknown, status = 400, of: Readonly<Record<string, unknown>> = body): string {
	const smaller = withoutRefused(of, status, serverWords(said));
	if (smaller === undefined) {
		return "nothing";
	}
	const gone = Object.keys(of).filter((name) => !(name in smaller));
	const come = Object.keys(smaller).filter((name) => !(name in of));
	return [...gone, ...come.map((name) => `+${name}`)].join(" ");
}

test.each<readonly [unknown, string]>([
	[{ error: { message: "Unknown field: stream_options" } }, "stream_options"],
	[
		{ detail: [{ loc: ["body", "stream_options"], msg: "extra fields not permitted" }] },
		"stream_options",
	],
	[
		{
			detail: [
				{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted" },
			],
		},
		"seed",
	],
	[{ error: { message: "Unsupported parameter.", param: "temperature" } }, "temperature"],
	[{ error: 'json: unknown field "seed"' }, "seed"],
	[
		{
			error: {
				message:
					"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
			},
		},
		"max_tokens +max_completion_tokens",
	],
	[
		{ error: { message: "max_tokens is too large: 64. This model supports at most 32." } },
		"max_tokens",
	],
	[{ error: { message: "`temperature` must be strictly positive" } }, "temperature"],
	[{ error: { message: "Streaming is not allowed.", param: "stream" } }, "stream stream_options"],
	[{ error: { message: "Too many stop sequences: `stop` takes at most 0" } }, "stop"],
	[
		{ message: "Unrecognized request arguments supplied" },
		"max_tokens temperature stop seed stream stream_options",
	],
	["Please use max_completion_tokens instead of max_tokens", "max_tokens +max_completion_tokens"],
	["temperature参数非法", "temperature"],
	["Bad value for temperature", "temperature"],
	["temperature is fixed at 1 for this model", "temperature"],
	["the answer was flagged at the stop of the stream", "nothing"],
	[
		{
			error: {
				message: "Provider returned error",
				metadata: { raw: '{"error":{"message":"Unknown parameter: \'stream_options\'."}}' },
			},
		},
		"stream_options",
	],
	[{ error: { message: "Bad request", innererror: { message: "seed is unsupported" } } }, "seed"],
	[{ title: "Bad", errors: { "$.stream_options": ["It could not be read."] } }, "stream_options"],
	[{ message: "Bad", validation_errors: { seed: "no" } }, "seed"],
	["use max_completion_tokens", "max_tokens +max_completion_tokens"],
	["max_completion_tokens is required for this model", "max_tokens +max_completion_tokens"],
	["'max_tokens' or 'max_completion_tokens' is too large: 64", "max_tokens"],
	["Range of max_tokens should be [1, 32]", "max_tokens"],
	["temperature: range: 0 to 0.5", "temperature"],
	["Expected temperature to be > 0, got 0", "temperature"],
	["temperature needs to be larger than zero", "temperature"],
	["Input validation error: `stop` supports up to 4 stop sequences. Given: 5", "stop"],
	["Stream options can only be defined when `stream=True`.", "stream_options"],
	["Streaming is not supported for this model", "stream stream_options"],
	["this model does not support streaming", "stream stream_options"],
	["the tokens of a streaming answer", "nothing"],
	[{ message: ["property stream_options should not exist"] }, "stream_options"],
	["No such parameter: seed", "seed"],
	["seed is disallowed", "seed"],
	["field seed should be omitted", "seed"],
	[{ errors: { seed: ["Unknown field."] } }, "seed"],
	[{ seed: ["This field is not allowed."] }, "seed"],
	[{ errors: [{ field: "seed", message: "unknown" }] }, "seed"],
	[{ errors: [{ path: "/seed", message: "must NOT have additional properties" }] }, "seed"],
	[{ errors: [{ params: { additionalProperty: "seed" }, message: "no" }] }, "seed"],
	[
		{ error: { message: "Invalid", details: [{ field: "body.stream_options.x" }] } },
		"stream_options",
	],
	[{ error: { message: "Invalid role", param: "messages[0].stop" } }, "nothing"],
	[{ error: { message: "no, no" } }, "nothing"],
	[{ error: { message: "The server stopped; unknown reason" } }, "nothing"],
	[{ error: { message: "Invalid model", param: "model" } }, "nothing"],
	[{ error: { message: "" } }, "nothing"],
])("%j: left out is %s", (said, expected) => {
	expect(taken(said)).toBe(expected);
});

test("a failure with another status isn't about a field", () => {
	for (const status of [401, 404, 429, 503]) {
		expect(taken({ error: "Unknown field: seed" }, status)).toBe("nothing");
	}
	expect(taken({ error: "the temperature of the machine is invalid" }, 500)).toBe("nothing");
	expect(taken({ error: "an unexpected end while streaming isn't supported" }, 500)).toBe(
		"nothing",
	);
	expect(taken({ error: "got an unexpected keyword argument 'seed'" }, 500)).toBe("seed");
});

test.each([
	"System role not supported",
	"Conversation roles must alternate user/assistant",
	"Unsupported role: system",
	"Only user and assistant roles are supported!",
	"Only user, assistant and tool roles are supported, got system.",
	"messages.0.role: Input should be 'user' or 'assistant'",
])("%s: the rules go into the first question", (message) => {
	const messages = [
		{ role: "system", content: "Be brief." },
		{ role: "user", content: "Why?" },
		{ role: "assistant", content: "So." },
	];
	expect(withoutRefused({ model: "m", messages }, 500, serverWords({ error: message }))).toEqual({
		model: "m",
		messages: [{ role: "user", content: "Be brief.\n\nWhy?" }, messages[2]],
	});
	expect(withoutRefused(body, 400, serverWords({ error: message }))).toBeUndefined();
});

test("a server that contradicts itself is asked a bounded number of times", () => {
	const refused = new RefusedFields();
	let rounds = 0;
	for (let learns = true; learns; rounds++) {
		const now = refused.fitting("/x", { model: "m", max_tokens: 5 });
		const [odd, other] =
			now !== undefined && "max_tokens" in now
				? ["max_tokens", "max_completion_tokens"]
				: ["max_completion_tokens", "max_tokens"];
		learns = refused.learn("/x", now, 400, serverWords(`Unsupported: ${odd}. Use ${other}.`));
	}
	expect(rounds).toBeLessThan(30);
});

test("whatever a server refuses, it comes to an end, and the question stays", () => {
	const refused = new RefusedFields();
	const said = serverWords({ error: "unknown field, unsupported parameter: everything is extra" });
	let rounds = 0;
	while (refused.learn("/x", refused.fitting("/x", body), 400, said)) {
		rounds++;
		expect(rounds).toBeLessThan(20);
	}
	expect(refused.fitting("/x", body)).toEqual({ model: "m", messages: body.messages });
	expect(refused.fitting("/y", body)).toEqual(body);
});
