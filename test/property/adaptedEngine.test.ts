import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GenerateRequest } from "../../src/engine/engine.ts";
import type { AdaptationRequest } from "../../src/adaptation/learning.ts";
import type { LocalEngine, LocalEngineOptions } from "../../src/engine/localEngine.ts";
import {
	arbitraryDrafter,
	arbitraryOrder,
	arbitraryRequest,
	arbitraryTokens,
	visible,
} from "../support/arbitraryRequests.ts";
import { answerOf, tokens, type Answer } from "../support/engineRequests.ts";
import { hashedLogits } from "../support/fakeBackend.ts";
import { fakeEngine } from "../support/fakeEngine.ts";
import { interleavedAnswers } from "../support/interleavedAnswers.ts";

/** Of few different tokens, so that contexts come back. */
const habitualTokens = (minLength: number, maxLength: number) =>
	fc.array(fc.nat({ max: 6 }), { minLength, maxLength }).map((ids) => tokens(...ids));

const arbitraryText = fc.oneof(habitualTokens(0, 60), arbitraryTokens(0, 60));

type Files = Readonly<Record<string, AdaptationRequest["before"]>>;

const arbitraryFiles: fc.Arbitrary<Files> = fc.dictionary(
	fc.constantFrom("a", "b", "c", "d"),
	arbitraryText,
	{ noNullPrototype: true },
);

const arbitraryAdaptation: fc.Arbitrary<AdaptationRequest> = fc.record({
	file: fc.constantFrom("a", "z"),
	before: arbitraryText,
	after: arbitraryText,
	repository: fc.boolean(),
});

/** With the end of the file as the end of the prompt, as it is for a completion. */
const arbitraryAdapted = fc
	.record({ asked: arbitraryRequest, adaptation: arbitraryAdaptation })
	.map(({ asked, adaptation }): GenerateRequest => ({
		...asked,
		prompt: [...asked.prompt, ...Array.from(adaptation.before).slice(-20)],
		adaptation,
	}));

async function put(engine: LocalEngine, files: Files): Promise<void> {
	for (const [file, text] of Object.entries(files)) {
		await engine.learn({ kind: "put", file, fingerprint: "1", tokens: text });
	}
}

async function engineKnowing(
	files: Files,
	order: number,
	options: Partial<LocalEngineOptions> = {},
): Promise<LocalEngine> {
	const { engine } = fakeEngine({ predict: hashedLogits(order) }, options);
	await put(engine, files);
	return engine;
}

/** The answer of an engine that has served nothing before, without drafts. */
async function plainAnswer(files: Files, order: number, asked: GenerateRequest): Promise<Answer> {
	return await answerOf(await engineKnowing(files, order), { ...asked, maxDraftTokens: 0 });
}

describe("speculative decoding on the mixed distribution", () => {
	test("gives the tokens and probabilities of plain decoding, whatever the drafter proposes", async () => {
		let mixed = 0;
		let accepted = 0;
		await fc.assert(
			fc.asyncProperty(
				arbitraryFiles,
				arbitraryAdapted,
				arbitraryOrder,
				arbitraryDrafter,
				async (files, asked, order, drafter) => {
					const plain = await plainAnswer(files, order, asked);
					const engine = await engineKnowing(files, order, drafter(asked, plain));
					const drafted = await answerOf(engine, { ...asked, maxDraftTokens: 8 });
					expect(visible(drafted)).toEqual(visible(plain));
					mixed += drafted.stats.adaptation?.mixedTokens ?? 0;
					accepted += drafted.stats.acceptedTokens;
				},
			),
			{ numRuns: 300 },
		);
		// Otherwise nothing was tried.
		expect(mixed).toBeGreaterThan(100);
		expect(accepted).toBeGreaterThan(100);
	});
});

test("once every file is removed, an empty file gets the answer of the model alone", async () => {
	await fc.assert(
		fc.asyncProperty(
			arbitraryFiles,
			arbitraryAdapted,
			arbitraryOrder,
			async (files, { adaptation, ...asked }, order) => {
				const alone = await plainAnswer({}, order, asked);
				const engine = await engineKnowing(files, order);
				await answerOf(engine, { ...asked, ...(adaptation && { adaptation }) });
				for (const file of Object.keys(files)) {
					await engine.learn({ kind: "remove", file });
				}
				const empty = { file: "y", before: [], after: [], repository: true };
				const answer = await answerOf(engine, { ...asked, adaptation: empty });
				expect(visible(answer)).toEqual(visible(alone));
				expect(answer.stats.adaptation).toEqual({ mixedTokens: 0, learnedShare: 0 });
			},
		),
		{ numRuns: 100 },
	);
});

test("interleaved requests of different files get the answers that each gets alone", async () => {
	await fc.assert(
		fc.asyncProperty(
			arbitraryFiles,
			fc.array(fc.record({ asked: arbitraryAdapted, afterPass: fc.nat({ max: 12 }) }), {
				minLength: 2,
				maxLength: 5,
			}),
			fc.constantFrom(1, 3, 64),
			async (files, batch, prefillChunkTokens) => {
				// What is learned from typing changes later answers in the same file, so each has its own.
				const requests = batch.map(({ asked: { adaptation, ...asked }, afterPass }, i) => ({
					afterPass,
					asked: {
						...asked,
						...(adaptation && { adaptation: { ...adaptation, file: `file ${i}` } }),
					},
				}));
				const { answers } = await interleavedAnswers(requests, { prefillChunkTokens }, (engine) =>
					put(engine, files),
				);
				for (const [at, { asked }] of requests.entries()) {
					const alone = await plainAnswer(files, Infinity, asked);
					expect(answers[at] && visible(answers[at])).toEqual(visible(alone));
				}
			},
		),
		{ numRuns: 100 },
	);
});

test("what was learned of the file at hand doesn't count, whatever version it was", async () => {
	await fc.assert(
		fc.asyncProperty(
			arbitraryFiles,
			arbitraryText,
			arbitraryAdapted,
			arbitraryOrder,
			async (files, old, { adaptation, ...asked }, order) => {
				const others = Object.fromEntries(Object.entries(files).filter(([name]) => name !== "a"));
				const ownFile = {
					...asked,
					...(adaptation && { adaptation: { ...adaptation, file: "a", repository: true } }),
				};
				const without = await plainAnswer(others, order, ownFile);
				expect(visible(await plainAnswer({ a: old, ...others }, order, ownFile))).toEqual(
					visible(without),
				);
			},
		),
		{ numRuns: 150 },
	);
});

test("no n-gram reaches across the hole: what stands after the cursor never follows what stands before", async () => {
	const lastBefore = 31;
	const otherTokens = fc
		.array(fc.nat({ max: lastBefore - 1 }), { maxLength: 40 })
		.map((ids) => tokens(...ids));
	await fc.assert(
		fc.asyncProperty(
			arbitraryRequest,
			otherTokens,
			otherTokens,
			arbitraryOrder,
			async (asked, before, after, order) => {
				// With something to heal there would be a second one, which the first may have taught.
				const one = { ...asked, healBytes: new Uint8Array(), maxNewTokens: 1 };
				const adaptation = {
					file: "a",
					before: [...before, ...tokens(lastBefore)],
					after,
					repository: true,
				};
				// Nothing in the file follows the last token; only across the hole something would.
				expect(visible(await plainAnswer({}, order, { ...one, adaptation }))).toEqual(
					visible(await plainAnswer({}, order, one)),
				);
			},
		),
		{ numRuns: 100 },
	);
});
