import { expect, test } from "vitest";
import type { GenerateRequest } from "../../../src/engine/engine.ts";
import { answerOf, request, someTokens, tokens } from "../../support/engineRequests.ts";
import { countingLogits, failedPass, type Pass } from "../../support/fakeBackend.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";

/** The first token of a prompt tells the requests of a test apart in the trace of passes. */
function trace(passes: readonly Pass[]): string {
	return passes.map(({ past, tokens: ran }) => `${past}+${ran.length}`).join(" ");
}

const chat: Partial<GenerateRequest> = {
	priority: "chat",
	prompt: tokens(20, 21),
	maxNewTokens: 4,
};
const completion: Partial<GenerateRequest> = { prompt: tokens(1, 2, 3), maxNewTokens: 2 };

test("a chat turn makes way for a completion between two passes and goes on with its KV cache", async () => {
	let interrupting: Promise<unknown> = Promise.resolve();
	const { engine, backend } = fakeEngine({
		predict: countingLogits,
		onPass: ({ index }) => {
			if (index === 1) {
				interrupting = answerOf(engine, completion);
			}
		},
	});
	const turn = await answerOf(engine, chat);
	await interrupting;
	expect(turn.ids).toEqual([22, 23, 24, 25]);
	// The chat's prompt and one step, the whole completion, the chat's last two steps.
	expect(trace(backend.passes)).toBe("0+2 2+1 0+3 3+1 3+1 4+1");
	expect(turn.stats).toMatchObject({ prefilledTokens: 2, decodePasses: 3 });
});

test("a chat turn makes way already while its prompt is prefilled", async () => {
	let interrupting: Promise<unknown> = Promise.resolve();
	const { engine, backend } = fakeEngine(
		{
			predict: countingLogits,
			onPass: ({ index }) => {
				if (index === 0) {
					interrupting = answerOf(engine, completion);
				}
			},
		},
		{ prefillChunkTokens: 4 },
	);
	await answerOf(engine, { ...chat, prompt: someTokens(10, 3), maxNewTokens: 1 });
	await interrupting;
	expect(trace(backend.passes)).toBe("0+4 0+3 3+1 4+4 8+2");
});

test("waiting requests run by priority, then by age, each to its end", async () => {
	const { engine, backend } = fakeEngine({ predict: countingLogits });
	const ask = (first: number, priority: GenerateRequest["priority"]): Promise<unknown> =>
		answerOf(engine, { prompt: tokens(first, 5), priority, maxNewTokens: 2 });
	await Promise.all([
		ask(1, "background"),
		ask(2, "background"),
		ask(3, "chat"),
		ask(4, "completion"),
		ask(5, "completion"),
		ask(6, "chat"),
	]);
	const prompts = backend.passes.filter(({ past }) => past === 0).map((pass) => pass.tokens[0]);
	// The first was alone when it came.
	expect(prompts).toEqual([1, 4, 5, 3, 6, 2]);
});

test("a paused chat turn goes on before a newer one starts", async () => {
	const others: Promise<unknown>[] = [];
	const { engine, backend } = fakeEngine({
		predict: countingLogits,
		onPass: ({ index }) => {
			if (index === 0) {
				others.push(answerOf(engine, { ...chat, prompt: tokens(9) }));
				others.push(answerOf(engine, { ...completion, maxNewTokens: 1 }));
			}
		},
	});
	await answerOf(engine, chat);
	await Promise.all(others);
	expect(trace(backend.passes)).toBe("0+2 0+3 2+1 3+1 4+1 0+1 1+1 2+1 3+1");
});

test("more waiting requests of one priority than allowed are refused, others are not", async () => {
	const { engine } = fakeEngine({ predict: countingLogits }, { maxWaiting: 2 });
	const background: Partial<GenerateRequest> = { priority: "background" };
	const accepted = [1, 2, 3].map(() => answerOf(engine, background));
	await expect(answerOf(engine, background)).rejects.toMatchObject({ code: "queueFull" });
	expect((await answerOf(engine)).finishReason).toBe("length");
	for (const answer of await Promise.all(accepted)) {
		expect(answer.finishReason).toBe("length");
	}
});

test("an abort during prefill runs at most one more chunk", async () => {
	const controller = new AbortController();
	const { engine, backend } = fakeEngine(
		{
			onPass: ({ index }) => {
				if (index === 2) {
					setImmediate(() => controller.abort());
				}
			},
		},
		{ prefillChunkTokens: 10 },
	);
	const answer = await answerOf(engine, { prompt: someTokens(100) }, controller.signal);
	expect(answer).toMatchObject({ finishReason: "aborted", stats: { prefilledTokens: 30 } });
	expect(backend.passes).toHaveLength(3);
});

test("what an aborted request prefilled is reused by the next", async () => {
	const controller = new AbortController();
	const { engine } = fakeEngine(
		{
			onPass: ({ index }) => {
				if (index === 2) {
					setImmediate(() => controller.abort());
				}
			},
		},
		{ prefillChunkTokens: 10 },
	);
	await answerOf(engine, { prompt: someTokens(100) }, controller.signal);
	const { stats } = await answerOf(engine, { prompt: someTokens(101) });
	expect(stats).toMatchObject({ reusedTokens: 30, prefilledTokens: 71 });
});

test("a keystroke supersedes the completion that runs, and goes on from what it prefilled", async () => {
	let newer: ReturnType<typeof answerOf> | undefined;
	const { engine, backend } = fakeEngine(
		{
			onPass: ({ index }) => {
				if (index === 1) {
					newer = answerOf(engine, { prompt: someTokens(41), supersedeKey: "file" });
				}
			},
		},
		{ prefillChunkTokens: 10 },
	);
	const older = await answerOf(engine, { prompt: someTokens(40), supersedeKey: "file" });
	expect(older.finishReason).toBe("superseded");
	expect(await newer).toMatchObject({ stats: { reusedTokens: 20, prefilledTokens: 21 } });
	expect(backend.liveCaches).toBe(1);
});

test("typing forward prefills one token for each token typed", async () => {
	const { engine } = fakeEngine({ predict: countingLogits });
	const prefilled: number[] = [];
	for (let length = 30; length < 40; length++) {
		const prompt = tokens(...Array.from({ length }, (_, i) => i % 32));
		prefilled.push((await answerOf(engine, { prompt })).stats.prefilledTokens);
	}
	expect(prefilled).toEqual([30, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

test("the same prompt again needs no prefill, whatever is generated from it", async () => {
	const { engine, backend } = fakeEngine({ predict: countingLogits });
	const first = await answerOf(engine, { maxNewTokens: 3 });
	const passes = backend.passes.length;
	const again = await answerOf(engine, { maxNewTokens: 1 });
	expect(again.tokens).toEqual(first.tokens.slice(0, 1));
	expect(again.stats).toMatchObject({ reusedTokens: 3, prefilledTokens: 0, decodePasses: 0 });
	await answerOf(engine, { maxNewTokens: 0 });
	expect(backend.passes).toHaveLength(passes);
	const healed = await answerOf(engine, { maxNewTokens: 1, healBytes: Uint8Array.of(98) });
	expect(healed.ids).toEqual([1, 2]);
	expect(healed.stats.prefilledTokens).toBe(0);
	expect(backend.passes).toHaveLength(passes + 1);
});

test("a failed pass fails its request, drops its cache and nothing else", async () => {
	const { engine, backend } = fakeEngine({
		predict: countingLogits,
		onPass: ({ index }) => {
			if (index === 1) {
				throw failedPass();
			}
		},
	});
	await expect(answerOf(engine)).rejects.toMatchObject({ code: "runtimeFailed" });
	expect(backend.liveCaches).toBe(0);
	expect((await answerOf(engine)).ids).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test("logits that are not numbers fail the request with a code", async () => {
	const { engine } = fakeEngine({ predict: () => new Float32Array(32).fill(NaN) });
	await expect(answerOf(engine)).rejects.toMatchObject({ code: "runtimeFailed" });
});

test("a paused chat turn that is aborted leaves its KV cache to the next", async () => {
	const controller = new AbortController();
	let completing: Promise<unknown> = Promise.resolve();
	const { engine } = fakeEngine({
		predict: countingLogits,
		onPass: ({ index }) => {
			if (index === 1) {
				completing = answerOf(engine, completion);
			}
			if (index === 2) {
				controller.abort();
			}
		},
	});
	const aborted = await answerOf(engine, chat, controller.signal);
	await completing;
	expect([aborted.finishReason, aborted.ids]).toEqual(["aborted", [22, 23]]);
	const { stats } = await answerOf(engine, { ...chat, prompt: tokens(20, 21, 22, 23) });
	expect(stats).toMatchObject({ reusedTokens: 3, prefilledTokens: 1 });
});

test("dispose waits for the pass that runs, then frees every cache and the model", async () => {
	let disposing: Promise<void> = Promise.resolve();
	const { engine, backend } = fakeEngine({
		onPass: ({ index }) => {
			if (index === 2) {
				disposing = engine.dispose();
			}
		},
	});
	const rejections = await Promise.allSettled([answerOf(engine), answerOf(engine, chat)]);
	await disposing;
	expect(rejections.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
	expect([backend.liveCaches, backend.disposed, backend.passes.length]).toEqual([0, true, 3]);
});

test("an answer longer than the room it was given grows its cache", async () => {
	const { engine } = fakeEngine({ predict: countingLogits });
	expect((await answerOf(engine, { maxNewTokens: 200 })).ids).toHaveLength(200);
});

test("a prompt of another model's tokens is a bug, and the engine goes on", async () => {
	const { engine } = fakeEngine({ predict: countingLogits });
	const { signal } = new AbortController();
	const stream = engine.generate(request({ prompt: tokens(99) }), signal);
	await expect(stream.next()).rejects.toThrow("tokenized for another model");
	expect((await answerOf(engine)).ids).toHaveLength(8);
});

test.each([
	["a token of which a beginning is likely enough is the last one", 0.7, [20], 0.5],
	["what doesn't even begin likely enough isn't written", 0.95, [], 0.9],
])("%s", async (_, minJointProbability, ids, unlikely) => {
	// "ee" and "e" stand for texts that begin alike; half of the rest of the probability is one other token's.
	const predict = (_history: readonly number[], vocabularySize: number): Float32Array =>
		Float32Array.from({ length: vocabularySize }, (__, id) =>
			Math.log(id === 20 ? 0.5 : id === 4 ? 0.4 : 0.1 / (vocabularySize - 2)),
		);
	const { engine } = fakeEngine({ predict });
	const answer = await answerOf(engine, { minJointProbability });
	expect([answer.ids, answer.finishReason]).toEqual([ids, "unlikely"]);
	expect(answer.stats.unlikelyProbability).toBeCloseTo(unlikely, 6);
	for (const { probability, textProbabilities } of answer.tokens) {
		expect(probability).toBeCloseTo(0.5, 6);
		expect(textProbabilities?.[0]).toBeCloseTo(0.9, 6);
		expect(textProbabilities?.[1]).toBeCloseTo(0.5, 6);
	}
});
