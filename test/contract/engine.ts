import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine, PrefillProgress } from "../../src/engine/engine.ts";
import { answerOf, request, someTokens, tokens } from "../support/engineRequests.ts";

/** An engine over `countingModel`: the token after n is n + 1, of 32. Its context has 64 positions. */
export interface CountingEngine {
	readonly engine: Engine;
	close(): Promise<void>;
}

/** What every Engine does, wherever it runs. `name` is of the implementation. */
export function describeEngineContract(name: string, open: () => Promise<CountingEngine>): void {
	describe(`${name} as an Engine`, () => {
		let counting: CountingEngine;
		let engine: Engine;

		beforeEach(async () => {
			counting = await open();
			engine = counting.engine;
		});
		afterEach(async () => {
			await counting.close();
		});

		test("yields the model's tokens, with probabilities, and says why it stopped", async () => {
			const answer = await answerOf(engine, { prompt: tokens(1, 2, 3), maxNewTokens: 4 });
			expect(answer.ids).toEqual([4, 5, 6, 7]);
			expect(answer.finishReason).toBe("length");
			for (const { probability } of answer.tokens) {
				expect(probability).toBeCloseTo(Math.exp(8) / (Math.exp(8) + 31), 6);
			}
		});

		test("ends before a stop token", async () => {
			const answer = await answerOf(engine, { stopTokens: tokens(30, 6) });
			expect([answer.ids, answer.finishReason]).toEqual([[4, 5], "stop"]);
			expect(answer.stats.unlikelyProbability).toBeUndefined();
		});

		test("ends before the joint probability falls below the floor", async () => {
			// 0.9897 ^ 3 is above 0.96, the fourth power below it.
			const answer = await answerOf(engine, { minJointProbability: 0.965 });
			expect([answer.ids, answer.finishReason]).toEqual([[4, 5, 6], "unlikely"]);
			// Of the text, which other tokens may write too: a little more than the product of the tokens.
			expect(answer.stats.unlikelyProbability).toBeCloseTo(0.96, 2);
			expect(answer.stats.unlikelyProbability).toBeLessThan(0.965);
		});

		test("with nothing to generate prefills for the next request", async () => {
			const prompt = someTokens(20);
			const warm = await answerOf(engine, { prompt, maxNewTokens: 0 });
			const next = await answerOf(engine, { prompt: [...prompt, ...tokens(9)], maxNewTokens: 1 });
			expect(warm).toMatchObject({ ids: [], finishReason: "length" });
			expect(warm.stats).toMatchObject({ prefilledTokens: 20, firstTokenMs: undefined });
			expect(next.ids).toEqual([10]);
			expect(next.stats).toMatchObject({ reusedTokens: 20, prefilledTokens: 1 });
		});

		test("begins the answer with the bytes to heal", async () => {
			const answer = await answerOf(engine, {
				prompt: tokens(8),
				healBytes: new TextEncoder().encode("cc"),
				maxNewTokens: 3,
			});
			// Counting would go on with 9; of the tokens that agree with "cc", 2 is the first likeliest.
			expect(answer.ids.slice(0, 2)).toEqual([2, 2]);
			expect(answer.tokens[0]?.probability).toBeCloseTo(1 / 2, 6);
		});

		test("counts no token that only writes the bytes to heal", async () => {
			const healBytes = new TextEncoder().encode("cc");
			for (const maxNewTokens of [1, 3]) {
				const answer = await answerOf(engine, { prompt: tokens(8), healBytes, maxNewTokens });
				expect(answer.ids).toHaveLength(2 + maxNewTokens);
				expect(answer.finishReason).toBe("length");
			}
		});

		test("says when no token begins with the bytes to heal", async () => {
			const answer = await answerOf(engine, { healBytes: Uint8Array.of(255) });
			expect([answer.ids, answer.finishReason]).toEqual([[], "unhealable"]);
		});

		test("answers what stands in for a prompt that takes more reading, and says so", async () => {
			const asked = {
				prompt: someTokens(40),
				standIns: { prompts: [tokens(1, 2, 3)], maxUnreadTokens: 10 },
				maxNewTokens: 4,
			};
			const answer = await answerOf(engine, asked);
			expect(answer.ids).toEqual([4, 5, 6, 7]);
			expect(answer.stats).toMatchObject({ isStandIn: true, promptTokens: 3 });
			await answerOf(engine, { prompt: asked.prompt, maxNewTokens: 0 });
			expect((await answerOf(engine, asked)).stats).toMatchObject({
				isStandIn: false,
				promptTokens: 40,
			});
		});

		test("counts what it did", async () => {
			const { stats } = await answerOf(engine, { prompt: someTokens(10), maxNewTokens: 5 });
			expect(stats).toMatchObject({
				promptTokens: 10,
				reusedTokens: 0,
				prefilledTokens: 10,
				generatedTokens: 5,
				draftedTokens: 0,
				acceptedTokens: 0,
				decodePasses: 4,
			});
			expect(stats.queuedMs).toBeLessThanOrEqual(stats.firstTokenMs ?? NaN);
			expect(stats.firstTokenMs).toBeLessThanOrEqual(stats.totalMs);
		});

		test("tells how far the prompt is read, from what is reused to its end", async () => {
			const prompt = someTokens(20);
			const reports: PrefillProgress[] = [];
			const ask = async (length: number): Promise<void> => {
				const asked = { prompt: prompt.slice(0, length), maxNewTokens: 1 };
				await answerOf(engine, asked, undefined, (progress) => reports.push(progress));
			};
			await ask(12);
			await ask(20);
			expect(reports).toEqual([
				{ promptTokens: 12, readTokens: 0 },
				{ promptTokens: 12, readTokens: 12 },
				{ promptTokens: 20, readTokens: 12 },
				{ promptTokens: 20, readTokens: 20 },
			]);
		});

		test("drafts when asked to, with the same answer", async () => {
			const prompt = Array.from({ length: 40 }, (_, i) => i % 32);
			const plain = await answerOf(engine, { prompt: tokens(...prompt), maxNewTokens: 12 });
			const drafted = await answerOf(engine, {
				prompt: tokens(...prompt),
				maxNewTokens: 12,
				maxDraftTokens: 4,
			});
			expect(drafted.tokens).toEqual(plain.tokens);
			expect(drafted.stats.acceptedTokens).toBeGreaterThan(0);
			expect(drafted.stats.decodePasses).toBeLessThan(plain.stats.decodePasses);
		});

		test("tells how likely a given answer is, whatever it would have written itself", async () => {
			const given = tokens(4, 5, 9, 10, 2);
			const answer = await answerOf(engine, {
				prompt: tokens(1, 2, 3),
				maxNewTokens: given.length,
				givenAnswer: given,
				maxDraftTokens: 16,
			});
			expect([answer.ids, answer.finishReason]).toEqual([[4, 5, 9, 10, 2], "length"]);
			const likely = Math.exp(8) / (Math.exp(8) + 31);
			const others = 1 / (Math.exp(8) + 31);
			const expected = [likely, likely, others, likely, others];
			for (const [i, { probability }] of answer.tokens.entries()) {
				expect(probability).toBeCloseTo(expected[i] ?? NaN, 6);
			}
			// The first row is the prompt's; one pass has all others.
			expect(answer.stats.decodePasses).toBe(1);
			const other = await answerOf(engine, {
				prompt: tokens(1, 2, 3),
				maxNewTokens: 2,
				givenAnswer: tokens(4, 7),
				maxDraftTokens: 16,
			});
			expect(other.ids).toEqual([4, 7]);
			expect(other.stats.prefilledTokens).toBeLessThanOrEqual(1);
		});

		test("a given answer is read in as many passes as the drafts allow", async () => {
			const given = tokens(7, 7, 7, 7, 7, 7);
			const answer = await answerOf(engine, {
				maxNewTokens: given.length,
				givenAnswer: given,
				maxDraftTokens: 1,
			});
			expect(answer.ids).toEqual([7, 7, 7, 7, 7, 7]);
			expect(answer.stats.decodePasses).toBe(3);
		});

		test("a signal that is aborted already gets an empty answer", async () => {
			const answer = await answerOf(engine, {}, AbortSignal.abort());
			expect(answer).toMatchObject({ ids: [], finishReason: "aborted" });
			expect(answer.stats).toMatchObject({ prefilledTokens: 0, decodePasses: 0 });
		});

		test("an abort in the middle ends the answer, and the next request is served", async () => {
			const controller = new AbortController();
			const stream = engine.generate(request({ maxNewTokens: 50 }), controller.signal);
			await stream.next();
			controller.abort();
			let next = await stream.next();
			while (next.done !== true) {
				next = await stream.next();
			}
			expect(next.value.finishReason).toBe("aborted");
			expect((await answerOf(engine)).ids).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
		});

		test("leaving the loop stops the generation, and the next request is served", async () => {
			const signal = new AbortController().signal;
			for await (const batch of engine.generate(request({ maxNewTokens: 50 }), signal)) {
				expect(batch.map(({ id }) => id)).toEqual([4]);
				break;
			}
			expect((await answerOf(engine)).ids).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
		});

		test("a newer request with the same key replaces an older one", async () => {
			const older = answerOf(engine, { supersedeKey: "file", maxNewTokens: 60 });
			const other = answerOf(engine, { supersedeKey: "another file", maxNewTokens: 2 });
			const newer = answerOf(engine, { supersedeKey: "file", maxNewTokens: 2 });
			expect((await older).finishReason).toBe("superseded");
			expect((await other).ids).toEqual([4, 5]);
			expect((await newer).ids).toEqual([4, 5]);
		});

		test("a full context ends the answer", async () => {
			const answer = await answerOf(engine, { prompt: someTokens(60), maxNewTokens: 50 });
			expect([answer.ids.length, answer.finishReason]).toEqual([4, "length"]);
		});

		test("a prompt longer than the context is refused with a code", async () => {
			await expect(answerOf(engine, { prompt: someTokens(65) })).rejects.toMatchObject({
				code: "promptTooLong",
			});
			expect((await answerOf(engine)).ids).toHaveLength(8);
		});

		test("after dispose every request is refused with a code", async () => {
			const running = answerOf(engine, { maxNewTokens: 60 });
			const expectation = expect(running).rejects.toMatchObject({ code: "disposed" });
			await engine.dispose();
			await expectation;
			await expect(answerOf(engine)).rejects.toMatchObject({ code: "disposed" });
		});
	});
}
