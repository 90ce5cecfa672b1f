import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GenerateRequest } from "../../src/engine/engine.ts";
import {
	arbitraryDrafter,
	arbitraryOrder,
	arbitraryRequest,
	arbitraryTokens,
	visible,
} from "../support/arbitraryRequests.ts";
import { answerOf, type Answer } from "../support/engineRequests.ts";
import { hashedLogits } from "../support/fakeBackend.ts";
import { fakeEngine } from "../support/fakeEngine.ts";
import { interleavedAnswers } from "../support/interleavedAnswers.ts";

const arbitraryChunk = fc.constantFrom(1, 2, 7, 64);

/** The answer of an engine that has served nothing before, without drafts, prefilling at once. */
async function plainAnswer(order: number, asked: GenerateRequest): Promise<Answer> {
	const { engine } = fakeEngine({ predict: hashedLogits(order) }, { prefillChunkTokens: 4096 });
	return await answerOf(engine, { ...asked, maxDraftTokens: 0 });
}

describe("speculative decoding", () => {
	test("gives the tokens and probabilities of plain decoding, whatever the drafter proposes", async () => {
		await fc.assert(
			fc.asyncProperty(
				arbitraryRequest,
				arbitraryOrder,
				arbitraryDrafter,
				async (asked, order, drafter) => {
					const plain = await plainAnswer(order, asked);
					const { engine } = fakeEngine({ predict: hashedLogits(order) }, drafter(asked, plain));
					expect(visible(await answerOf(engine, asked))).toEqual(visible(plain));
				},
			),
			{ numRuns: 300 },
		);
	});
});

describe("prefix reuse", () => {
	test("gives the answers of cold prefill, in whatever order prompts come and in whatever chunks", async () => {
		const stem = arbitraryTokens(0, 30);
		const variations = fc.array(
			fc.record({ keep: fc.nat({ max: 30 }), tail: arbitraryTokens(1, 10) }),
			{ minLength: 2, maxLength: 6 },
		);
		await fc.assert(
			fc.asyncProperty(
				stem,
				variations,
				arbitraryRequest,
				arbitraryChunk,
				fc.constantFrom(1, 2, 8),
				async (shared, prompts, asked, prefillChunkTokens, maxCaches) => {
					const { engine, backend } = fakeEngine(
						{},
						{ prefillChunkTokens, keep: { maxCaches, maxBytes: 1000 } },
					);
					for (const { keep, tail } of [...prompts, ...prompts]) {
						const one = { ...asked, prompt: [...shared.slice(0, keep), ...tail] };
						const answer = await answerOf(engine, one);
						expect(visible(answer)).toEqual(visible(await plainAnswer(Infinity, one)));
						if (answer.finishReason !== "unhealable") {
							expect(answer.stats.reusedTokens + answer.stats.prefilledTokens).toBe(
								one.prompt.length,
							);
						}
					}
					expect(backend.liveCaches).toBeLessThanOrEqual(maxCaches);
					await engine.dispose();
					expect(backend.liveCaches).toBe(0);
				},
			),
			{ numRuns: 100 },
		);
	});
});

describe("a prompt that stands in for another", () => {
	test("gets the answer that it gets alone, and so does the other, whatever was read before", async () => {
		await fc.assert(
			fc.asyncProperty(
				arbitraryRequest,
				arbitraryTokens(1, 40),
				fc.array(fc.record({ own: fc.boolean(), tokens: fc.nat({ max: 40 }) }), { maxLength: 4 }),
				fc.nat({ max: 40 }),
				async (asked, standIn, reads, maxUnreadTokens) => {
					const { engine } = fakeEngine();
					for (const { own, tokens } of reads) {
						const prompt = (own ? asked.prompt : standIn).slice(0, Math.max(1, tokens));
						await answerOf(engine, { prompt, maxNewTokens: 0, priority: "background" });
					}
					const standIns = { prompts: [standIn], maxUnreadTokens };
					const answer = await answerOf(engine, { ...asked, standIns });
					const prompt = answer.stats.isStandIn ? standIn : asked.prompt;
					expect(visible(answer)).toEqual(
						visible(await plainAnswer(Infinity, { ...asked, prompt })),
					);
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe("a given answer", () => {
	test("is as likely as the model says token by token, in however many passes it is read", async () => {
		await fc.assert(
			fc.asyncProperty(
				arbitraryTokens(1, 30),
				arbitraryTokens(1, 20),
				arbitraryOrder,
				fc.constantFrom(0, 1, 5, 64),
				async (prompt, given, order, maxDraftTokens) => {
					const { engine } = fakeEngine({ predict: hashedLogits(order) });
					const answer = await answerOf(engine, {
						...{ prompt, givenAnswer: given, maxNewTokens: given.length, maxDraftTokens },
					});
					expect([answer.ids, answer.finishReason]).toEqual([given, "length"]);
					for (const [i, { probability }] of answer.tokens.entries()) {
						const history = [...prompt, ...given.slice(0, i)];
						const logits = hashedLogits(order)(history, 32);
						const all = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
						expect(probability).toBeCloseTo(Math.exp(logits[given[i] ?? 0] ?? NaN) / all, 5);
					}
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe("interleaved requests", () => {
	test("get the answers that each gets alone", async () => {
		const batches = fc.array(
			fc.record({ asked: arbitraryRequest, afterPass: fc.nat({ max: 20 }) }),
			{ minLength: 2, maxLength: 6 },
		);
		await fc.assert(
			fc.asyncProperty(
				batches,
				arbitraryChunk,
				fc.boolean(),
				async (batch, prefillChunkTokens, stopsWithinPass) => {
					const { engine, backend, answers } = await interleavedAnswers(
						batch,
						{ prefillChunkTokens },
						undefined,
						{ stopsWithinPass },
					);
					for (const [at, { asked }] of batch.entries()) {
						const alone = await plainAnswer(Infinity, asked);
						expect(answers[at] && visible(answers[at])).toEqual(visible(alone));
					}
					await engine.dispose();
					expect(backend.liveCaches).toBe(0);
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe("an abort", () => {
	test("at any point lets no further pass run, keeps the engine serving and frees every cache", async () => {
		await fc.assert(
			fc.asyncProperty(
				arbitraryRequest,
				fc.nat({ max: 20 }),
				arbitraryChunk,
				async (asked, abortAtPass, prefillChunkTokens) => {
					const undisturbed = fakeEngine({}, { prefillChunkTokens });
					await answerOf(undisturbed.engine, asked);
					const controller = new AbortController();
					const { engine, backend } = fakeEngine(
						{
							onPass: ({ index }) => {
								if (index === abortAtPass) {
									// From the event loop, as a message does; the pass goes on meanwhile.
									setImmediate(() => controller.abort());
								}
							},
						},
						{ prefillChunkTokens },
					);
					const answer = await answerOf(engine, asked, controller.signal);
					if (abortAtPass + 1 < undisturbed.backend.passes.length) {
						expect([answer.finishReason, backend.passes.length]).toEqual([
							"aborted",
							abortAtPass + 1,
						]);
					}
					expect(visible(await answerOf(engine, asked))).toEqual(
						visible(await plainAnswer(Infinity, asked)),
					);
					expect(backend.liveCaches).toBeLessThanOrEqual(2);
					await engine.dispose();
					expect(backend.liveCaches).toBe(0);
				},
			),
			{ numRuns: 150 },
		);
	});

	test("within a pass undoes that pass only, wherever it comes", async () => {
		await fc.assert(
			fc.asyncProperty(
				arbitraryRequest,
				fc.nat({ max: 20 }),
				arbitraryChunk,
				async (asked, abortAtPass, prefillChunkTokens) => {
					const controller = new AbortController();
					const { engine, backend } = fakeEngine(
						{
							stopsWithinPass: true,
							onPass: ({ index }) => {
								if (index === abortAtPass) {
									controller.abort();
								}
							},
						},
						{ prefillChunkTokens },
					);
					const answer = await answerOf(engine, asked, controller.signal);
					const stopped = backend.passes[abortAtPass];
					if (stopped !== undefined) {
						expect([answer.finishReason, backend.passes.length]).toEqual([
							"aborted",
							abortAtPass + 1,
						]);
						expect(backend.stoppedPasses).toEqual([abortAtPass]);
						expect(answer.stats.prefilledTokens).toBe(Math.min(stopped.past, asked.prompt.length));
						expect(backend.liveCaches).toBe(stopped.past === 0 ? 0 : 1);
					}
					const again = await answerOf(engine, asked);
					expect(visible(again)).toEqual(visible(await plainAnswer(Infinity, asked)));
					if (stopped !== undefined && asked.maxNewTokens > 0) {
						// What had run before the stopped pass serves the next request; its last token runs for the logits.
						expect(again.stats.reusedTokens).toBeGreaterThanOrEqual(
							Math.min(stopped.past, asked.prompt.length - 1),
						);
					}
					await engine.dispose();
					expect(backend.liveCaches).toBe(0);
				},
			),
			{ numRuns: 300 },
		);
	});
});
