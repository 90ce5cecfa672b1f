import { describe, expect, test } from "vitest";
import { assert } from "../../../../src/base/assert.ts";
import { engineChatModel } from "../../../../src/languageModel/local/engineChatModel.ts";
import { engineInfillModel } from "../../../../src/languageModel/local/engineInfillModel.ts";
import type { ChatFormat, ModelManifest } from "../../../../src/model/manifest.ts";
import { systemClock } from "../../../../src/base/clock.ts";
import {
	chatRequest,
	hear,
	infillRequest,
	neverAborted,
	textsOf,
} from "../../../support/modelRequests.ts";
import { ScriptedEngine } from "../../../support/scriptedEngine.ts";
import { EngineError } from "../../../../src/engine/errors.ts";
import { chatManifest, testChat, testManifest, testTokenizer } from "../../../support/testModel.ts";

function partsFor(manifest: ModelManifest = chatManifest) {
	const engine = new ScriptedEngine(testTokenizer);
	return { engine, tokenizer: testTokenizer, manifest, clock: systemClock };
}

function chatWith(chat: Partial<ChatFormat> = {}) {
	const parts = partsFor({ ...testManifest, chat: { ...testChat, ...chat } });
	const model = engineChatModel(parts);
	assert(model !== undefined, "the manifest has a chat template");
	return { ...parts, model };
}

describe("the local chat model", () => {
	test("is none where the model can't converse", () => {
		expect(engineChatModel(partsFor(testManifest))).toBeUndefined();
	});

	test.each([
		[{ template: "{{ no" }, "it is not a template"],
		[{ specialTokens: ["<|im_start|>"] }, "no token <|im_start|>"],
		[{ stopTokens: ["<|im_end|>"] }, "no token <|im_end|>"],
	])("with %j is refused with a sentence", (chat, problem) => {
		expect(() => chatWith(chat)).toThrow(
			expect.objectContaining({
				code: "unsuitableModel",
				message: expect.stringContaining(problem) as string,
			}) as Error,
		);
	});

	test("waits behind completions, and stops at the marks of the chat and of the model", async () => {
		const { engine, model } = chatWith();
		engine.enqueue({ kind: "answer", text: "yes" });
		await hear(model.answer(chatRequest({ temperature: 0.5, maxAnswerTokens: 7 }), neverAborted()));
		const [request] = engine.requests;
		expect(request).toMatchObject({ priority: "chat", maxNewTokens: 7, minJointProbability: 0 });
		expect(request?.sampling).toMatchObject({ temperature: 0.5, topP: 0.95 });
		expect(request?.stopTokens).toEqual(
			["<|pad|>", "<|endoftext|>"].map((name) => testTokenizer.specialToken(name)),
		);
		expect(request).not.toHaveProperty("supersedeKey");
	});

	test("stops at the manifest's stop strings", async () => {
		const { engine, model } = chatWith({ stopStrings: ["### "] });
		engine.enqueue({ kind: "answer", text: "yes\n### USER:\nmore" });
		const heard = await hear(model.answer(chatRequest(), neverAborted()));
		expect([heard.text, heard.result.end]).toEqual(["yes\n", "stop"]);
		expect(engine.ends).toEqual(["aborted"]);
	});

	test("says when a conversation is too long, in the engine's words", async () => {
		const { engine, model } = chatWith();
		const error = new EngineError("promptTooLong", "The prompt is too long; shorten it.");
		engine.enqueue({ kind: "fail", error });
		await expect(hear(model.answer(chatRequest(), neverAborted()))).rejects.toMatchObject({
			code: "promptTooLong",
			message: error.message,
			cause: error,
		});
	});

	test("takes no answer for its own that has other text or more than text", async () => {
		const { engine, model } = chatWith();
		engine.enqueue({ kind: "answer", text: "constant" }, { kind: "answer", text: "" });
		await hear(model.answer(chatRequest(), neverAborted()));
		const messages = [
			{ role: "user", content: "a" },
			{ role: "assistant", content: "<|endoftext|>" },
			{ role: "user", content: "b" },
		] as const;
		await hear(model.answer(chatRequest({ messages }), neverAborted()));
		const end = testTokenizer.specialToken("<|endoftext|>");
		expect(engine.requests[1]?.prompt).not.toContain(end);
	});
});

describe("the local infill model", () => {
	test("is none where the model can't fill in the middle", () => {
		const { fim, ...manifest } = testManifest;
		expect(fim).toBeDefined();
		expect(engineInfillModel(partsFor(manifest))).toBeUndefined();
	});

	test("asks for what it was asked, within what the model was trained with", async () => {
		const parts = partsFor();
		const model = engineInfillModel(parts);
		parts.engine.enqueue({ kind: "answer", text: "x" });
		const request = infillRequest({
			prefix: "const value = 1;\n".repeat(1000),
			maxPromptTokens: 100_000,
			maxAnswerTokens: 100_000,
			temperature: 0.4,
			seed: 9,
			minJointProbability: 0.2,
			supersedeKey: "fix",
		});
		assert(model !== undefined, "the manifest has a FIM format");
		await hear(textsOf(model.infill(request, neverAborted())));
		const [asked] = parts.engine.requests;
		expect(asked).toMatchObject({
			priority: "chat",
			minJointProbability: 0.2,
			supersedeKey: "fix",
			sampling: { temperature: 0.4, seed: 9 },
		});
		const { trainedContextLength } = testManifest;
		expect(asked?.prompt.length).toBeLessThanOrEqual(trainedContextLength / 2);
		expect(asked?.maxNewTokens).toBeLessThanOrEqual(
			trainedContextLength / 2 + (asked?.healBytes?.length ?? 0),
		);
	});
});
