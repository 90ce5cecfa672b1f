import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { assert } from "../../../../src/base/assert.ts";
import { systemClock } from "../../../../src/base/clock.ts";
import type { Backend } from "../../../../src/engine/backend.ts";
import { LocalEngine } from "../../../../src/engine/localEngine.ts";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { engineChatModel } from "../../../../src/languageModel/local/engineChatModel.ts";
import { engineInfillModel } from "../../../../src/languageModel/local/engineInfillModel.ts";
import type {
	AnswerUsage,
	ChatMessage,
	ChatModel,
	InfillModel,
	InfillRequest,
} from "../../../../src/languageModel/languageModel.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { createTokenizer } from "../../../../src/tokenizer/bpeTokenizer.ts";
import type { TokenId, Tokenizer } from "../../../../src/tokenizer/tokenizer.ts";
import {
	chatRequest,
	hear,
	infillRequest,
	neverAborted,
	textsOf,
} from "../../../support/modelRequests.ts";
import { eventually } from "../../../support/eventually.ts";
import { testChat } from "../../../support/testModel.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";
import { WatchedBackend } from "../../../support/watchedBackend.ts";

/** A conversation and completions on one engine, on ONNX Runtime with a tiny model of random weights. */
/** Four that were drafted, and the one behind them. */
const mostTokensOfPass = 5;

describe("a chat beside completions", () => {
	let folder: TinyModel;
	let ort: Backend;
	let tokenizer: Tokenizer;
	let backend: WatchedBackend;
	let chat: ChatModel;
	let infill: InfillModel;

	beforeAll(async () => {
		folder = await importTinyModel("int4", {
			shape: { max_position_embeddings: 4096 },
			tokenizerConfig: { chat_template: testChat.template, eos_token: "<|pad|>" },
		});
		const { manifest, graphPath, tokenizerPath } = await openModel(folder.folder);
		tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
		ort = await openOrtBackend({ graphPath, manifest, threads: 1 });
	});
	afterAll(async () => {
		await ort.dispose();
		await folder.remove();
	});

	beforeEach(async () => {
		const isText = (id: number): boolean => {
			const bytes = tokenizer.bytesOf(id as TokenId);
			return bytes.length > 0 && bytes.every((byte) => byte >= 32 && byte < 127);
		};
		backend = new WatchedBackend(ort, isText);
		const engine = new LocalEngine({
			backend,
			vocabulary: tokenizer.vocabulary,
			clock: systemClock,
			prefillChunkTokens: 32,
		});
		const { manifest } = await openModel(folder.folder);
		const parts = {
			engine,
			tokenizer,
			manifest: { ...manifest, trainedContextLength: 4096 },
			clock: systemClock,
		};
		const models = [engineChatModel(parts), engineInfillModel(parts)] as const;
		assert(models[0] !== undefined && models[1] !== undefined, "the manifest has both");
		[chat, infill] = models;
	});

	const ask = async (
		messages: readonly ChatMessage[],
		maxAnswerTokens = 24,
	): Promise<{ readonly messages: readonly ChatMessage[]; readonly usage: AnswerUsage }> => {
		const { text, result } = await hear(
			chat.answer(chatRequest({ messages, maxAnswerTokens }), neverAborted()),
		);
		expect([result.end, result.usage.answerTokens]).toEqual(["length", maxAnswerTokens]);
		return { messages: [...messages, { role: "assistant", content: text }], usage: result.usage };
	};
	const complete = async (prefix: string, request: Partial<InfillRequest> = {}) => {
		const before = backend.passes.length;
		const stream = infill.infill(
			infillRequest({
				prefix,
				priority: "completion",
				supersedeKey: "completion",
				maxAnswerTokens: 4,
				...request,
			}),
			neverAborted(),
		);
		for await (const { text } of stream) {
			expect(text).not.toBe("");
		}
		return backend.passes.slice(before).reduce((sum, { tokens }) => sum + tokens.length, 0);
	};
	const question: readonly ChatMessage[] = [
		{ role: "system", content: "Answer briefly. ".repeat(10) },
		{ role: "user", content: "What does this do?\n" + "const width = 10;\n".repeat(10) },
	];
	const more = (messages: readonly ChatMessage[], content: string): readonly ChatMessage[] => [
		...messages,
		{ role: "user", content },
	];
	/** All that is new in a turn: the last token of the answer, the marks, and the question. */
	const newTokens = (content: string): number =>
		1 + chat.countTokens(content) + 2 * chat.tokensPerMessage;

	test("a second turn reads only what is new", async () => {
		const first = await ask(question);
		expect(first.usage.cachedTokens).toBe(0);
		const { usage } = await ask(more(first.messages, "And why?"));
		const read = (usage.promptTokens ?? NaN) - (usage.cachedTokens ?? NaN);
		expect(usage.cachedTokens).toBe((first.usage.promptTokens ?? NaN) + 24 - 1);
		expect(read).toBeLessThanOrEqual(newTokens("And why?"));
	});

	test("a regenerated answer reads nothing again", async () => {
		const first = await ask(question, 100);
		const { usage } = await ask(question);
		expect((usage.promptTokens ?? NaN) - (usage.cachedTokens ?? NaN)).toBeLessThanOrEqual(1);
		// Nor does the conversation that goes on with the first answer.
		const third = await ask(more(first.messages, "Go on."));
		expect(third.usage.cachedTokens).toBe((first.usage.promptTokens ?? NaN) + 100 - 1);
	});

	test("several candidates for one hole read the prompt once", async () => {
		const candidates: string[] = [];
		const read: number[] = [];
		for (const seed of [1, 2, 3, 1]) {
			const request = { prefix: "const width = 10;\n".repeat(20), temperature: 1, seed };
			const { text, result } = await hear(
				textsOf(infill.infill(infillRequest({ ...request, maxAnswerTokens: 8 }), neverAborted())),
			);
			candidates.push(text);
			read.push((result.usage.promptTokens ?? NaN) - (result.usage.cachedTokens ?? NaN));
		}
		expect(new Set(candidates.slice(0, 3)).size).toBeGreaterThan(1);
		expect(candidates[3]).toBe(candidates[0]);
		expect(read.slice(1)).toEqual([0, 0, 0]);
	});

	test("the chat's cache survives completions in many files, and a completion's the chat", async () => {
		const first = await ask(question);
		for (let file = 0; file < 20; file++) {
			await complete(`// file ${file}\n` + "const a = 1;\n".repeat(20), { path: `src/${file}.ts` });
		}
		const typed = "// the last file\n" + "const value = 2;\n".repeat(20) + "for (const v";
		const cold = await complete(typed);
		const second = await ask(more(first.messages, "And why?"));
		expect(second.usage.cachedTokens).toBe((first.usage.promptTokens ?? NaN) + 24 - 1);
		expect(await complete(`${typed}a`)).toBeLessThan(cold / 4);
		const third = await ask(more(second.messages, "And how?"));
		expect(third.usage.cachedTokens).toBe((second.usage.promptTokens ?? NaN) + 24 - 1);
	});

	test("an answer that was stopped is kept as far as it went", async () => {
		const controller = new AbortController();
		const stream = chat.answer(
			chatRequest({ messages: question, maxAnswerTokens: 200 }),
			controller.signal,
		);
		let text = "";
		for (let piece = 0; piece < 5; piece++) {
			const next = await stream.next();
			text += next.done === true ? "" : next.value;
		}
		controller.abort();
		const { result, text: rest } = await hear(stream);
		expect(result.end).toBe("cancelled");
		const { usage } = await ask(
			more([...question, { role: "assistant", content: text + rest }], "Go on."),
		);
		const read = (usage.promptTokens ?? NaN) - (usage.cachedTokens ?? NaN);
		expect(read).toBeLessThanOrEqual(newTokens("Go on."));
	});

	/** How many passes ran after the first `from` before the completion's own first. */
	const passesBeforeCompletion = (from: number): number => {
		// Its prompt begins with a marker that the chat's never have.
		const marker = tokenizer.specialToken("<|file|>");
		return backend.passes.slice(from).findIndex(({ tokens }) => tokens[0] === marker);
	};

	test("a completion is served between two tokens of an answer", async () => {
		const passesBefore: number[] = [];
		let texts = 0;
		let textsAtItsEnd = NaN;
		const completions: Promise<void>[] = [];
		const stream = chat.answer(
			chatRequest({ messages: question, maxAnswerTokens: 200 }),
			neverAborted(),
		);
		for await (const text of stream) {
			expect(text).not.toBe("");
			if (++texts === 10) {
				const from = backend.passes.length;
				completions.push(
					complete("const completed = ").then(() => {
						passesBefore.push(passesBeforeCompletion(from));
						textsAtItsEnd = texts;
					}),
				);
			}
		}
		await Promise.all(completions);
		expect(passesBefore).toEqual([0]);
		// What the pass before it had given already is told first.
		expect(textsAtItsEnd - 10).toBeLessThanOrEqual(mostTokensOfPass);
		expect(texts).toBeGreaterThan(textsAtItsEnd);
	});

	test("a completion is served between two chunks of a question, which costs the chat nothing", async () => {
		const answer = ask(more([], "const width = 10;\n".repeat(100)), 1);
		await eventually(() => backend.passes.length === 4);
		const from = backend.passes.length;
		await complete("const completed = ");
		// The pass that runs when it is asked for can't be stopped, and is counted already.
		expect(passesBeforeCompletion(from)).toBe(0);
		await answer;
		const chunks = backend.passes.filter(({ past, tokens }) => past >= 64 && tokens.length === 32);
		expect(chunks.length).toBeGreaterThan(10);
		expect(new Set(chunks.map(({ past }) => past)).size).toBe(chunks.length);
	});
});
