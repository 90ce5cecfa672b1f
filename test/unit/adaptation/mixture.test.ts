import { describe, expect, test } from "vitest";
import { Mixture } from "../../../src/adaptation/mixture.ts";
import type { SourceKind } from "../../../src/adaptation/mixtureGate.ts";
import { MixtureWeights } from "../../../src/adaptation/mixtureWeights.ts";
import { tokenAt } from "../../../src/tokenizer/tokenIds.ts";
import type { TokenId } from "../../../src/tokenizer/tokenizer.ts";
import { tokens } from "../../support/engineRequests.ts";
import { NaiveNgramCounts } from "../../support/naiveNgramCounts.ts";

const vocabularySize = 16;
const endOfText = tokenAt(15);
const repeated = tokens(1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5);

describe("a mixture", () => {
	test("follows the file where the model knows nothing", () => {
		const best = mixing("file", repeated)
			.mix(likely(9, 0.1), tokens(1, 2, 3))
			?.best();
		expect(best?.id).toBe(4);
		expect(best?.probability).toBeGreaterThan(0.4);
	});

	test("follows a model that is sure against a context that was seen once", () => {
		const once = mixing("repository", tokens(3, 4));
		expect(once.mix(likely(9, 12), tokens(3))?.best().id).toBe(9);
	});

	test("makes likelier what followed the same context, in this file or in another", () => {
		const row = likely(9, 0);
		for (const kind of ["file", "repository"] as const) {
			const mixed = mixing(kind, repeated).mix(row, tokens(1, 2, 3));
			expect(mixed?.probabilityOf(4)).toBeGreaterThan(5 / vocabularySize);
			expect(mixed?.probabilityOf(5)).toBeLessThan(1 / vocabularySize);
		}
	});

	test("leaves the end of an answer to the model, however often the file went on", () => {
		const row = likely(endOfText, 12);
		const best = mixing("file", repeated)
			.mix(row, tokens(1, 2, 3))
			?.best();
		expect(best?.id).toBe(endOfText);
		expect(best?.probability).toBeCloseTo(Math.exp(12) / (Math.exp(12) + 15), 9);
	});

	test("hands a row without usable numbers back", () => {
		const mixture = mixing("file", repeated);
		const context = tokens(1, 2, 3);
		const rows = [likely(0, NaN), likely(0, Infinity), likely(0, 0).fill(-Infinity)];
		expect(rows.map((row) => mixture.mix(row, context))).toEqual(rows.map(() => undefined));
	});

	test("hands a row back in which the unmixed tokens have everything", () => {
		expect(mixing("file", repeated).mix(likely(endOfText, 200), tokens(1, 2, 3))).toBeUndefined();
	});

	test("says which part of a probability the counts gave", () => {
		const mixed = mixing("file", repeated).mix(likely(9, 0), tokens(1, 2, 3));
		expect(mixed?.shareOfCounts(4)).toBeGreaterThan(0.9);
		expect(mixed?.shareOfCounts(9)).toBe(0);
	});

	test("doesn't change when its weights learn", () => {
		const weights = new MixtureWeights();
		const mixture = mixing("file", repeated, weights);
		const before = mixture.mix(likely(9, 2), tokens(1, 2, 3))?.logProbabilities();
		const row = mixture.mix(likely(9, 2), tokens(1, 2, 3));
		weights.learn(row?.probabilitiesByWeighting(9) ?? []);
		expect(mixture.mix(likely(9, 2), tokens(1, 2, 3))?.logProbabilities()).toEqual(before);
	});
});

describe("what a mixture learns", () => {
	test.each([
		["the model when it is right", 9, "rises", "falls"],
		["the counts when they are right", 4, "falls", "rises"],
	])("is to trust %s", (_, next, ofModel, ofCounts) => {
		const weights = new MixtureWeights();
		const chance = (id: number): number => {
			const row = mixing("file", repeated, weights).mix(likely(9, 4), tokens(1, 2, 3));
			return row?.probabilityOf(id) ?? NaN;
		};
		const before = { model: chance(9), counts: chance(4) };
		for (let i = 0; i < 20; i++) {
			const row = mixing("file", repeated, weights).mix(likely(9, 4), tokens(1, 2, 3));
			weights.learn(row?.probabilitiesByWeighting(next) ?? []);
		}
		const trend = (from: number, to: number): string => (to > from ? "rises" : "falls");
		expect([trend(before.model, chance(9)), trend(before.counts, chance(4))]).toEqual([
			ofModel,
			ofCounts,
		]);
	});
});

/** A row in which one token has this logit, and all others 0. */
function likely(id: number, logit: number): Float32Array {
	return new Float32Array(vocabularySize).with(id, logit);
}

function mixing(
	kind: SourceKind,
	text: readonly TokenId[],
	weights = new MixtureWeights(),
): Mixture {
	const counts = new NaiveNgramCounts([text]);
	return new Mixture({ sources: [{ kind, counts }], weights, unmixed: [endOfText] });
}
