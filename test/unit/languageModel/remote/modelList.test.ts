import fc from "fast-check";
import { expect, test } from "vitest";
import { modelList } from "../../../../src/languageModel/remote/modelList.ts";

/** `id`s in order, with "!" for one that writes no text and the context length where there is one. */
function summary(value: unknown): string | undefined {
	return modelList(value)
		?.map(
			({ id, contextTokens, writes }) =>
				`${writes ? "" : "!"}${id}${contextTokens === undefined ? "" : `:${contextTokens}`}`,
		)
		.join(" ");
}

test.each<readonly [unknown, string | undefined]>([
	[{ data: [{ id: "m", max_model_len: 8192 }] }, "m:8192"],
	[[{ id: "m" }], "m"],
	[["m", "n"], "m n"],
	[{ models: [{ name: "m", model: "m:7b" }] }, "m:7b"],
	[{ data: [], models: [{ name: "m" }] }, "m"],
	[{ data: { models: [{ id: "m" }] } }, "m"],
	[JSON.stringify({ data: [{ id: "m" }] }), "m"],
	[{ data: null }, ""],
	[{ data: [] }, ""],
	[{ error: "no" }, undefined],
	["<html>", undefined],
	[null, undefined],
	[
		{
			data: [
				{ id: "m", context_length: 0 },
				{ id: "n", context_length: 8192 },
			],
		},
		"m n:8192",
	],
	[{ data: [{ id: "m", context_length: "8192" }] }, "m:8192"],
	[{ data: [{ id: "m", max_model_len: 8192.5 }] }, "m:8192"],
	[
		{
			data: [
				{ id: "m", max_model_len: -1 },
				{ id: "n", context_length: 1e30 },
			],
		},
		"m n",
	],
	[{ data: [{ id: "" }, { id: "m" }] }, "m"],
	[{ data: [{ object: "model" }, null, 7, { id: "m" }] }, "m"],
	[{ data: [{ id: "m" }, { id: "m", context_length: 5 }] }, "m"],
	[{ data: [{ id: "a\nb" }, { id: "x".repeat(600) }, { id: "\u202Em" }, { id: "m" }] }, "m"],
	[
		{
			data: [
				{ id: "m", meta: null, owned_by: 7 },
				{ id: "n", meta: "x" },
			],
		},
		"m n",
	],
	[{ data: [{ id: "m", meta: { n_ctx: 4096, n_ctx_train: 0 } }] }, "m:4096"],
	[{ data: [{ id: "m", loaded_context_length: 4096, max_context_length: 32768 }] }, "m:4096"],
	[{ data: [{ id: "m", context_length: 9, top_provider: { context_length: 8 } }] }, "m:8"],
	[
		{ data: [{ id: "nomic-embed-text:latest" }, { id: "BAAI/bge-m3" }] },
		"!nomic-embed-text:latest !BAAI/bge-m3",
	],
	[
		{
			data: [
				{ id: "x", type: "embeddings" },
				{ id: "e5-chat", type: "llm" },
			],
		},
		"!x e5-chat",
	],
	[
		{ data: [{ id: "whisper-large-v3" }, { id: "rerank-2" }, { id: "gpt-4o" }] },
		"!whisper-large-v3 !rerank-2 gpt-4o",
	],
	[{ data: [{ id: "m", capabilities: { completion_chat: false } }] }, "!m"],
	[
		{ data: [{ id: "codestral", capabilities: { completion_chat: false, completion_fim: true } }] },
		"codestral",
	],
	[
		{
			data: [
				{ id: "m", capabilities: ["embedding"] },
				{ id: "n", capabilities: ["completion"] },
			],
		},
		"!m n",
	],
	[{ object: "list" }, ""],
	[{ object: "list", data: {} }, ""],
	[{ data: [{ id: 7 }, { id: { name: "x" } }] }, "7"],
	[{ data: { a: { owned_by: "x" }, b: { id: "c" } } }, "a c"],
	[{ data: { error: { message: "no" } } }, undefined],
	[{ code: 0, data: { list: [{ id: "m" }] } }, "m"],
	[{ model_list: [{ model_name: "m" }] }, "m"],
	[{ results: [{ model_id: "m" }, { modelId: "n" }, { slug: "o" }] }, "m n o"],
	[{ data: [[{ id: "m" }], [{ id: "n" }]] }, "m n"],
	[{ object: "model", id: "m" }, "m"],
	['\uFEFF{"data":[{"id":"m"}]}', "m"],
	[
		{
			data: [
				{ id: "m", inputTokenLimit: 4096 },
				{ id: "n", max_total_tokens: 512 },
			],
		},
		"m:4096 n:512",
	],
	[
		{
			data: [
				{ id: "m", task: "text-embedding" },
				{ id: "n", task: "text-generation" },
			],
		},
		"!m n",
	],
	[{ data: [{ id: "m", architecture: { output_modalities: ["image"] } }] }, "!m"],
	[{ data: [{ id: "m", architecture: { output_modalities: ["image", "text"] } }] }, "m"],
	[{ data: [{ id: "m", capabilities: { type: "embeddings" } }] }, "!m"],
	[
		{ data: [{ id: "gpt-image-1" }, { id: "sora-2" }, { id: "soraka" }] },
		"!gpt-image-1 !sora-2 soraka",
	],
])("%j is %j", (value, expected) => {
	expect(summary(value)).toBe(expected);
});

test("whatever an entry is, the ones beside it are read", () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.jsonValue(), (odd, value) => {
			const list = { data: [odd, { id: "the model", meta: value, context_length: value }] };
			expect(modelList(list)?.some(({ id }) => id === "the model")).toBe(true);
		}),
	);
});

test("a list of any length is read to a bound", () => {
	expect(modelList(Array.from({ length: 30_000 }, (_, index) => `m${index}`))).toHaveLength(20_000);
});
