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
	expect(taken({ error: "got an unexpected keyword argument 'seed'" }, 500)).toBe("seed");
});

test.each([
	"System role not supported",
	"Conversation roles must alternate user/assistant",
	"Unsupported role: system",
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
