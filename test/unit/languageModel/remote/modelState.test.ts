import { expect, test } from "vitest";
import { saysLoading, saysTooLong } from "../../../../src/languageModel/remote/modelState.ts";

test.each<readonly [number, unknown]>([
	[503, { error: { message: "Loading model" } }],
	[503, { status: "loading model" }],
	[503, { status: "loading" }],
	[503, { error: "no words", estimated_time: 20 }],
	[503, { detail: "Server is starting" }],
	[503, { detail: "engine is initializing" }],
	[503, { error: "the model is being downloaded" }],
	[503, { error: "still loading weights" }],
	[503, { error: "cold start in progress" }],
	[500, { error: { message: "model is still loading, please wait" } }],
	[429, { error: "Model is loading" }],
	[400, { error: "Model m is currently loading" }],
	[NaN, { error: "model is loading" }],
])("with status %d, %j is a model that loads", (status, said) => {
	expect(saysLoading(said, status)).toBe(true);
});

test.each<readonly [number, unknown]>([
	[503, { error: "Error loading model: out of memory" }],
	[503, { error: "failed to load model" }],
	[503, { error: "no model loaded" }],
	[503, { error: "The model is overloaded" }],
	[500, { error: "llama runner process has terminated: error loading model" }],
	[500, { error: "the engine is initializing" }],
	[400, { error: "loading weights is no field" }],
])("with status %d, %j is none", (status, said) => {
	expect(saysLoading(said, status)).toBe(false);
});

test.each([
	"This model's maximum context length is 4096 tokens.",
	"prompt is too long: 208310 tokens > 200000 maximum",
	"Input validation error: `inputs` must have less than 4095 tokens. Given: 5000",
	"`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens",
	"The input token count (40000) exceeds the maximum number of tokens allowed (32768)",
	"Range of input length should be [1, 30720]",
	"Please reduce the length of the messages",
])("“%s” is a prompt that is too long", (error) => {
	expect(saysTooLong({ error })).toBe(true);
});

test.each(["`max_new_tokens` must be strictly positive", "The name is too long", "too long"])(
	"“%s” isn't",
	(error) => {
		expect(saysTooLong({ error })).toBe(false);
	},
);
