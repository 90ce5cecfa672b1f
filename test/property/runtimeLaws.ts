import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import type { Backend } from "../../src/engine/backend.ts";
import { LocalEngine, type LocalEngineOptions } from "../../src/engine/localEngine.ts";
import { LyingDrafter } from "../support/drafters.ts";
import { answerOf, tokens, type Answer } from "../support/engineRequests.ts";
import { fakeVocabulary } from "../support/fakeEngine.ts";
import { importTinyModel, type TinyModel } from "../support/tinyModel.ts";

export interface RuntimeLawsOptions {
	/** Of what runs, for the names of the tests. */
	readonly name: string;
	readonly quantization: "int4" | "fp32";
	/** Its model takes 1,024 positions; that of a checkpoint of that quantization without it. */
	readonly createModel?: () => Promise<TinyModel>;
	/** By which a probability may differ, as a share of it. */
	readonly tolerance: number;
	readonly open: (folder: string) => Promise<Backend>;
}

/**
 * The laws of engineLaws.test.ts on a real runtime, where they hold up to rounding: a pass over several
 * rows adds in another order than passes over one. In fp32 the probabilities agree to about 1e-5. With
 * int4 weights a runtime computes with activations rounded to int8; they nearly always agree as well,
 * but where a last bit decides a rounding, a probability moves by up to some percent.
 *
 * So the tokens are the same unless two are equally likely to within that, which the probability of the
 * token tells where two answers part. The prompts are drawn from a fixed seed, since a prompt that stands
 * by chance on the edge between two experts would say nothing about the engine.
 */
export function describeRuntimeLaws({
	name,
	quantization,
	createModel = () => importTinyModel(quantization, { shape: { max_position_embeddings: 1024 } }),
	tolerance,
	open,
}: RuntimeLawsOptions): void {
	describe(`on ${name} with a tiny ${quantization} model`, () => {
		let model: TinyModel;
		let backend: Backend;

		beforeAll(async () => {
			model = await createModel();
			backend = await open(model.folder);
		});
		afterAll(async () => {
			await backend.dispose();
			await model.remove();
		});

		function engineWith(options: Partial<LocalEngineOptions> = {}): LocalEngine {
			return new LocalEngine({
				backend,
				vocabulary: fakeVocabulary,
				clock: systemClock,
				...options,
			});
		}

		function expectSame(actual: Answer, expected: Answer): void {
			for (const [i, token] of expected.tokens.entries()) {
				const other = actual.tokens[i];
				const ratio = (other?.probability ?? NaN) / token.probability;
				expect(Math.abs(ratio - 1)).toBeLessThan(tolerance);
				if (other?.id !== token.id) {
					// Equally likely, so either is right; from here on the texts differ.
					return;
				}
			}
			expect([actual.ids, actual.finishReason]).toEqual([expected.ids, expected.finishReason]);
		}

		const arbitraryPrompt = fc
			.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 60 })
			.map((ids) => tokens(...ids));
		const arbitrarySampling = fc.constantFrom(
			{ temperature: 0, topK: 0, topP: 1, seed: 0 },
			{ temperature: 0.7, topK: 20, topP: 0.95, seed: 11 },
		);

		test("speculative decoding gives the tokens of plain decoding", async () => {
			await fc.assert(
				fc.asyncProperty(
					arbitraryPrompt,
					arbitrarySampling,
					fc.option(fc.integer()),
					async (prompt, sampling, lie) => {
						const asked = { prompt, sampling, maxNewTokens: 24 };
						const plain = await answerOf(engineWith(), asked);
						const options = lie === null ? {} : { createDrafter: () => new LyingDrafter(lie, 512) };
						const drafted = await answerOf(engineWith(options), { ...asked, maxDraftTokens: 6 });
						expectSame(drafted, plain);
					},
				),
				{ numRuns: 15, seed: 2026 },
			);
		});

		test("a reused prefix, prefilled in any chunks, gives the answers of cold prefill", async () => {
			await fc.assert(
				fc.asyncProperty(
					arbitraryPrompt,
					arbitraryPrompt,
					fc.nat({ max: 60 }),
					fc.constantFrom(1, 5, 64),
					async (first, tail, keep, prefillChunkTokens) => {
						const engine = engineWith({ prefillChunkTokens });
						await answerOf(engine, { prompt: first });
						const prompt = [...first.slice(0, keep), ...tail];
						expectSame(
							await answerOf(engine, { prompt }),
							await answerOf(engineWith(), { prompt }),
						);
					},
				),
				{ numRuns: 15, seed: 2026 },
			);
		});

		test("interleaved requests get the answers that each gets alone", async () => {
			const engine = engineWith({ prefillChunkTokens: 8 });
			const prompts = [40, 30, 20, 10].map((length, i) =>
				tokens(...Array.from({ length }, (_, j) => (i * 97 + j * j) % 500)),
			);
			const priorities = ["background", "chat", "completion", "completion"] as const;
			const together = await Promise.all(
				prompts.map(async (prompt, i) => {
					for (let turn = 0; turn < 3 * i; turn++) {
						await new Promise((resolve) => setImmediate(resolve));
					}
					return await answerOf(engine, { prompt, priority: priorities[i] ?? "chat" });
				}),
			);
			for (const [i, prompt] of prompts.entries()) {
				const alone = await answerOf(engineWith(), { prompt });
				const answer = together[i];
				expect(answer).toBeDefined();
				if (answer !== undefined) {
					expectSame(answer, alone);
				}
			}
		});
	});
}
