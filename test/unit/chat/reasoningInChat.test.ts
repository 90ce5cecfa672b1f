import { afterEach, beforeEach, expect, test } from "vitest";
import { ChatBench } from "../../support/chatBench.ts";

let bench: ChatBench;
beforeEach(async () => {
	bench = await ChatBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

test("what a model thinks aloud is neither shown, kept, nor part of the next prompt", async () => {
	await bench.ask("Why?", "<think>\nHm.\n```ts\nold\n```\n</think>\n\nBecause.");
	expect(bench.last).toMatchObject({ text: "Because.", status: { kind: "complete" } });
	expect(JSON.stringify(bench.sent)).not.toMatch(/Hm|old/);
	await bench.ask("And?", "Thought without a first mark.\n</think>\nSo.");
	expect(bench.last).toMatchObject({ text: "So." });
	await bench.ask("Then?");
	expect(JSON.stringify(bench.model.requests.at(-1))).not.toMatch(/Hm|mark/);
});

test("an answer that ends while the model still thinks says so", async () => {
	bench.model.enqueue({ kind: "answer", text: "<think>Hm.", end: "length" });
	await bench.view({ kind: "send", text: "Why?" });
	expect(bench.last).toMatchObject({
		text: "",
		status: {
			kind: "failed",
			sentence:
				"The model thought until it had no tokens left for an answer; ask for less at once, or choose another model.",
		},
	});
});
