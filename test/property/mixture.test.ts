import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Mixture } from "../../src/adaptation/mixture.ts";
import type { MixtureSource } from "../../src/adaptation/mixtureGate.ts";
import { weightings } from "../../src/adaptation/mixtureWeightings.ts";
import { MixtureWeights } from "../../src/adaptation/mixtureWeights.ts";
import type { NgramCounts } from "../../src/adaptation/ngramCounts.ts";
import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { rowSummaryOf } from "../support/rowSummaryOf.ts";
import { NaiveNgramCounts } from "../support/naiveNgramCounts.ts";

const vocabularySize = 24;
const token = fc.nat(vocabularySize - 1).map(tokenAt);
/** Few different tokens, so that contexts come again. */
const text = fc.array(fc.nat(5).map(tokenAt), { minLength: 2, maxLength: 40 });
const logits = fc
	.array(fc.float({ min: -30, max: 30, noNaN: true }), {
		minLength: vocabularySize,
		maxLength: vocabularySize,
	})
	.map((row) => Float32Array.from(row));
const sources = fc
	.tuple(fc.array(text, { maxLength: 2 }), fc.array(text, { maxLength: 3 }))
	.map(([file, repository]): readonly MixtureSource[] => [
		{ kind: "file", counts: new NaiveNgramCounts(file) },
		{ kind: "repository", counts: new NaiveNgramCounts(repository) },
	]);
/** Weights as some history left them. */
const weights = fc
	.array(
		fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), {
			minLength: weightings.length,
			maxLength: weightings.length,
		}),
		{
			maxLength: 4,
		},
	)
	.map((history) => {
		const learned = new MixtureWeights();
		for (const probabilities of history) {
			learned.learn(probabilities);
		}
		return learned;
	});
const unmixed = fc.uniqueArray(token, { maxLength: 3 });
const situation = fc.record({ logits, sources, weights, unmixed, context: text });

const everyId = Array.from({ length: vocabularySize }, (_, id) => id);

describe("a mixed distribution", () => {
	test("is the same whether the row was summed up by the backend or here", () => {
		fc.assert(
			fc.property(situation, ({ logits: row, context, ...parts }) => {
				const plain = new Mixture(parts).mix(row, context);
				const summarized = new Mixture(parts).mix(row, context, rowSummaryOf(row));
				expect(summarized === undefined).toBe(plain === undefined);
				for (const id of everyId) {
					const expected = plain?.probabilityOf(id) ?? 0;
					expect(summarized?.probabilityOf(id) ?? 0).toBeCloseTo(expected, 9);
				}
			}),
		);
	});

	test("sums to 1, and no probability is negative", () => {
		fc.assert(
			fc.property(situation, ({ logits: row, context, ...parts }) => {
				const mixed = new Mixture(parts).mix(row, context);
				const probabilities = everyId.map((id) => mixed?.probabilityOf(id) ?? 1 / vocabularySize);
				expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
				expect(sum(probabilities)).toBeCloseTo(1, 9);
			}),
		);
	});

	test("is that of every weighting, averaged by how much each is trusted", () => {
		fc.assert(
			fc.property(situation, ({ logits: row, context, ...parts }) => {
				const mixed = new Mixture(parts).mix(row, context);
				for (const id of mixed === undefined ? [] : everyId) {
					const averaged = sum(
						(mixed?.probabilitiesByWeighting(id) ?? []).map(
							(probability, i) => probability * (parts.weights.trust[i] ?? NaN),
						),
					);
					expect(mixed?.probabilityOf(id)).toBeCloseTo(averaged, 12);
				}
			}),
		);
	});

	test("has the best token that looking at all of them finds", () => {
		const allowed = fc.uniqueArray(token, { minLength: 1 });
		fc.assert(
			fc.property(situation, allowed, ({ logits: row, context, ...parts }, some) => {
				const mixed = new Mixture(parts).mix(row, context);
				if (mixed === undefined) {
					return;
				}
				const dense = [...mixed.logProbabilities()].map(Math.exp);
				expect(mixed.best().probability).toBeCloseTo(Math.max(...dense), 6);
				const of = some.map((id) => dense[id] ?? NaN);
				const total = sum(of);
				// What is left of a distribution that is elsewhere is rounding.
				if (total > 1e-6) {
					expect(mixed.best(some).probability).toBeCloseTo(Math.max(...of) / total, 5);
				}
			}),
		);
	});

	test("leaves an unmixed token that was never counted what the model gives it", () => {
		fc.assert(
			fc.property(situation, token, ({ logits: row, context, ...parts }, kept) => {
				// Counts hold the tokens 0 to 5 only.
				fc.pre(kept > 5);
				const mixed = new Mixture({ ...parts, unmixed: [kept] }).mix(row, context);
				if (mixed !== undefined) {
					expect(mixed.probabilityOf(kept)).toBeCloseTo(softmax(row)[kept] ?? NaN, 9);
				}
			}),
		);
	});

	test("is the model's own where no source has seen the last token", () => {
		const empty: NgramCounts = new NaiveNgramCounts();
		fc.assert(
			fc.property(situation, ({ logits: row, context, ...parts }) => {
				for (const none of [[], [{ kind: "file" as const, counts: empty }]]) {
					expect(new Mixture({ ...parts, sources: none }).mix(row, context)).toBeUndefined();
				}
			}),
		);
	});

	test("depends on nothing that was mixed before", () => {
		fc.assert(
			fc.property(situation, situation, ({ logits: row, context, ...parts }, other) => {
				const used = new Mixture(parts);
				used.mix(other.logits, other.context);
				const again = used.mix(row, context)?.logProbabilities();
				expect(again).toEqual(new Mixture(parts).mix(row, context)?.logProbabilities());
			}),
		);
	});
});

describe("over a whole file", () => {
	/** Of an average token of code. */
	const bytesPerToken = 4;
	const tokens = 1500;

	/** The probabilities that a model gives, knowing what comes. */
	type Model = (next: TokenId, place: number) => Float32Array;
	const uniform: Model = () => new Float32Array(vocabularySize);
	const knowing =
		(logit: number): Model =>
		(next) =>
			uniform(next, 0).with(next, logit);
	const models: Readonly<Record<string, Model>> = {
		perfect: knowing(20),
		good: knowing(5),
		fair: knowing(2),
		uniform,
		"perfect, then uniform": (next, place) =>
			(place < tokens / 2 ? models["perfect"] : uniform)?.(next, place) ?? uniform(next, place),
		"uniform, then perfect": (next, place) =>
			(place < tokens / 2 ? uniform : models["perfect"])?.(next, place) ?? uniform(next, place),
	};

	/** Texts from nothing but chance to nothing but repetition, some of them in two halves. */
	const texts = fc
		.record({ seed: fc.integer(), period: fc.integer({ min: 1, max: 60 }), noise: fc.nat(100) })
		.map(({ seed, period, noise }) => {
			const random = randomOf(seed);
			const written: TokenId[] = [];
			for (let i = 0; i < tokens; i++) {
				const shifted = i < tokens / 2 ? i : i + 7;
				const isNoise = random() * 100 < noise || i < period;
				const repeated = written[shifted - period];
				const next = isNoise || repeated === undefined ? random() * vocabularySize : repeated;
				written.push(tokenAt(Math.floor(next)));
			}
			return written;
		});

	test.each(Object.keys(models))(
		"mixing with a %s model costs at most 0.02 bits per byte more than the better part",
		(name) => {
			const model = models[name] ?? uniform;
			fc.assert(
				fc.property(texts, fc.array(token, { minLength: 2, maxLength: 300 }), (file, junk) => {
					const { mixed, alone } = bitsOver(file, junk, model);
					const best = Math.min(...alone);
					expect((mixed - best) / (file.length * bytesPerToken)).toBeLessThan(0.02);
				}),
				{ numRuns: 12 },
			);
		},
	);

	/** Learning from every token, in a repository that is junk: the bits of the mixture and of its two extremes. */
	function bitsOver(file: readonly TokenId[], junk: readonly TokenId[], model: Model) {
		const live = new NaiveNgramCounts();
		const learned = new MixtureWeights();
		const parts = [
			{ kind: "file" as const, counts: live },
			{ kind: "repository" as const, counts: new NaiveNgramCounts([junk]) },
		];
		let mixed = 0;
		let modelAlone = 0;
		let countsAlone = 0;
		for (let at = 1; at < file.length; at++) {
			const next = file[at] ?? tokenAt(0);
			const row = model(next, at);
			const context = file.slice(Math.max(0, at - 8), at);
			const own = softmax(row)[next] ?? NaN;
			const mixture = new Mixture({ sources: parts, weights: learned, unmixed: [] });
			const distribution = mixture.mix(row, context);
			const byWeighting = distribution?.probabilitiesByWeighting(next) ?? [own, own];
			mixed -= Math.log2(distribution?.probabilityOf(next) ?? own);
			modelAlone -= Math.log2(byWeighting[0] ?? NaN);
			countsAlone -= Math.log2(byWeighting[1] ?? NaN);
			if (distribution !== undefined) {
				learned.learn(byWeighting);
			}
			live.addLast(file.slice(Math.max(0, at - 8), at + 1));
		}
		return { mixed, alone: [modelAlone, countsAlone] };
	}
});

function softmax(row: Float32Array): readonly number[] {
	const highest = Math.max(...row);
	const weightsOf = [...row].map((logit) => Math.exp(logit - highest));
	const total = sum(weightsOf);
	return weightsOf.map((weight) => weight / total);
}

function sum(values: readonly number[]): number {
	return values.reduce((all, value) => all + value, 0);
}

/** A linear congruential generator, in [0, 1). */
function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
