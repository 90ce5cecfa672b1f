import { expect, test } from "vitest";
import {
	parseChatChunk,
	parseCompletionChunk,
} from "../../../../src/languageModel/remote/answerChunks.ts";

const delta = (content: unknown): object => ({ choices: [{ delta: { content } }] });

test.each<readonly [string, unknown]>([
	["a choice that is null", { choices: [null, { index: 0, delta: { content: "Hi" } }] }],
	["a delta that is a string", { choices: [{ delta: "Hi" }] }],
	["a part that is null", delta([null, { type: "text", text: "Hi" }])],
	["a part with its text in an object", delta([{ type: "text", text: { value: "Hi" } }])],
	["a part with its text as content", delta([{ type: "text", content: "Hi" }])],
	["a picture among the parts", delta([{ type: "image_url", image_url: {} }, { text: "Hi" }])],
	["a refusal", { choices: [{ delta: { content: null, refusal: "Hi" } }] }],
	["Ollama's own protocol", { message: { role: "assistant", content: "Hi" }, done: false }],
	["Text Generation Inference's own protocol", { token: { id: 1, text: "Hi" } }],
	["llama.cpp's own protocol", { content: "Hi", stop: false }],
])("%s is read in a conversation", (_name, value) => {
	expect(parseChatChunk(value)).toMatchObject({ text: "Hi", thinks: false, end: undefined });
});

test("a number for a text is one", () => {
	expect(parseChatChunk(delta(42))?.text).toBe("42");
});

test.each<readonly [string, unknown]>([
	["a thought that is all of the content", delta({ type: "thinking", text: "hm" })],
	["a thought among the parts", delta([{ type: "thinking", thinking: [{ text: "hm" }] }])],
	["details", { choices: [{ delta: { content: "", reasoning_details: [{ text: "hm" }] } }] }],
	["a thought under another name", { choices: [{ delta: { reasoning_text: "hm" } }] }],
	["Ollama's own protocol", { message: { content: "", thinking: "hm" }, done: false }],
])("%s thinks, and says nothing", (_name, value) => {
	expect(parseChatChunk(value)).toMatchObject({ text: "", thinks: true });
});

test("an empty list of thoughts is none", () => {
	const chunk = parseChatChunk({ choices: [{ delta: { content: "Hi", reasoning_details: [] } }] });
	expect(chunk).toMatchObject({ text: "Hi", thinks: false });
});

test.each<readonly [string, unknown]>([
	[
		"a second answer",
		{
			choices: [
				{ index: 1, text: "No" },
				{ index: 0, text: "Hi" },
			],
		},
	],
	["a choice that is null", { choices: [null, { text: "Hi" }] }],
	["Ollama's own protocol", { response: "Hi", done: false }],
	["Text Generation Inference's own protocol", { token: { text: "Hi", special: false } }],
	["llama.cpp's own protocol", { content: "Hi", stop: false }],
])("%s is read in a completion", (_name, value) => {
	expect(parseCompletionChunk(value)).toMatchObject({ text: "Hi", end: undefined });
});

test("protocols beside OpenAI's say how they end", () => {
	expect(
		parseChatChunk({ message: { content: "" }, done: true, done_reason: "length", eval_count: 3 }),
	).toMatchObject({ end: "length", usage: { answerTokens: 3 } });
	expect(parseCompletionChunk({ response: "", done: true })?.end).toBe("stop");
	expect(
		parseCompletionChunk({
			token: { text: "</s>", special: true },
			generated_text: "Hi",
			details: { finish_reason: "eos_token" },
		}),
	).toMatchObject({ text: "", end: "stop" });
	expect(parseCompletionChunk({ content: "", stop: true })?.end).toBe("stop");
});

test("what is no answer isn't taken for one", () => {
	expect(parseChatChunk({ choices: "no" })).toBeUndefined();
	expect(parseChatChunk(7)).toBeUndefined();
});
