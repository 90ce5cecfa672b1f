import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSampler, givenTokens } from "../../../../src/engine/sampling/sampler.ts";
import type { SamplingParams } from "../../../../src/engine/engine.ts";
import { tokens } from "../../../support/engineRequests.ts";
import { rowSummaryOf } from "../../../support/rowSummaryOf.ts";

const greedy: SamplingParams = { temperature: 0, topK: 0, topP: 1, seed: 1 };

function softmax(logits: readonly number[], temperature = 1): number[] {
	const weights = logits.map((x) => Math.exp((x - Math.max(...logits)) / temperature));
	const sum = weights.reduce((a, b) => a + b, 0);
	return weights.map((weight) => weight / sum);
}

/** How often each token is drawn in `draws` draws, as shares. */
function shares(logits: readonly number[], params: Partial<SamplingParams>, draws = 20_000) {
	const sample = createSampler({ temperature: 1, topK: 0, topP: 1, seed: 7, ...params });
	const counts = new Array<number>(logits.length).fill(0);
	const row = Float32Array.from(logits);
	for (let index = 0; index < draws; index++) {
		const { id } = sample(row, index);
		counts[id] = (counts[id] ?? 0) + 1;
	}
	return counts.map((count) => count / draws);
}

/** Pearson's statistic of shares against expected probabilities. */
function chiSquare(observed: readonly number[], expected: readonly number[], draws = 20_000) {
	return expected.reduce(
		(sum, p, i) => sum + (p === 0 ? 0 : (draws * ((observed[i] ?? 0) - p) ** 2) / p),
		0,
	);
}

describe("greedy sampling", () => {
	test("takes the likeliest token, the lowest id among equals, with its softmax probability", () => {
		const logits = [1, 3, -2, 3, 0];
		const chosen = createSampler(greedy)(Float32Array.from(logits), 0);
		expect(chosen.id).toBe(1);
		expect(chosen.probability).toBeCloseTo(softmax(logits)[1] ?? NaN, 12);
	});

	test("a summary of the row gives the same choice without a look at the row", () => {
		const row = fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true, min: -80, max: 80 });
		fc.assert(
			fc.property(row, (logits) => {
				const sample = createSampler(greedy);
				const unread = new Float32Array(logits.length).fill(NaN);
				const summary = rowSummaryOf(logits);
				const chosen = sample(unread, 0, undefined, undefined, summary);
				const expected = sample(logits, 0);
				expect(chosen.id).toBe(expected.id);
				expect(chosen.probability).toBeCloseTo(expected.probability, 12);
				const allowed = tokens(0);
				expect(sample(logits, 0, allowed, undefined, summary)).toEqual(sample(logits, 0, allowed));
			}),
		);
	});

	test("a summary that is not a number is refused as such a row is", () => {
		const summary = { ...rowSummaryOf(Float32Array.of(1, 2)), logSum: NaN };
		expect(() =>
			createSampler(greedy)(Float32Array.of(1, 2), 0, undefined, undefined, summary),
		).toThrow("not numbers");
	});

	test("under a constraint counts only the tokens that it allows", () => {
		const chosen = createSampler(greedy)(Float32Array.of(9, 1, 2, 2, 9), 0, tokens(3, 1, 2));
		expect(chosen.id).toBe(2);
		expect(chosen.probability).toBeCloseTo(1 / (2 + Math.exp(-1)), 12);
	});

	test("gives a probability in (0, 1] for any numbers", () => {
		const row = fc.float32Array({
			minLength: 1,
			maxLength: 40,
			noNaN: true,
			min: Math.fround(-3e38),
			max: Math.fround(3e38),
		});
		fc.assert(
			fc.property(
				row,
				fc.double({ min: 0, max: 5, noNaN: true }),
				fc.nat(),
				(logits, temperature, index) => {
					const chosen = createSampler({ ...greedy, temperature })(logits, index);
					expect(chosen.probability).toBeGreaterThan(0);
					expect(chosen.probability).toBeLessThanOrEqual(1);
					expect(chosen.id).toBeLessThan(logits.length);
				},
			),
		);
	});

	test.each([
		["a number that is none", [0, NaN, 1]],
		["infinity", [0, Infinity]],
		["nothing but minus infinity", [-Infinity, -Infinity]],
	])("refuses logits with %s", (_, logits) => {
		for (const temperature of [0, 1]) {
			const sample = createSampler({ ...greedy, temperature });
			expect(() => sample(Float32Array.from(logits), 0)).toThrow(
				expect.objectContaining({ code: "runtimeFailed" }),
			);
		}
	});
});

describe("random sampling", () => {
	const logits = [2, 1, 0, 0.5, -1, 1.5];
	// 99.9 % of honest draws stay below this with five degrees of freedom.
	const critical = 20.5;

	test.each([0.5, 1, 2])("draws from the softmax at temperature %d", (temperature) => {
		const expected = softmax(logits, temperature);
		expect(chiSquare(shares(logits, { temperature }), expected)).toBeLessThan(critical);
	});

	test("top-k keeps the k likeliest", () => {
		const kept = softmax(logits).map((p, i) => ([0, 5, 1].includes(i) ? p : 0));
		const sum = kept.reduce((a, b) => a + b, 0);
		expect(
			chiSquare(
				shares(logits, { topK: 3 }),
				kept.map((p) => p / sum),
			),
		).toBeLessThan(critical);
		expect(shares(logits, { topK: 3 }).filter((share) => share > 0)).toHaveLength(3);
	});

	test("top-p keeps the smallest set that reaches it", () => {
		const probabilities = softmax(logits);
		const likeliest = (probabilities[0] ?? 0) + (probabilities[5] ?? 0);
		const drawn = (topP: number): number =>
			shares(logits, { topP }).filter((share) => share > 0).length;
		expect([drawn(0.01), drawn(likeliest - 1e-6), drawn(likeliest + 1e-6), drawn(1)]).toEqual([
			1, 2, 3, 6,
		]);
	});

	test("reports the probability at temperature 1 over all tokens", () => {
		const sample = createSampler({ temperature: 3, topK: 2, topP: 0.9, seed: 3 });
		const chosen = sample(Float32Array.from(logits), 5);
		expect(chosen.probability).toBeCloseTo(softmax(logits)[chosen.id] ?? NaN, 7);
	});

	test("depends on seed and index only", () => {
		const row = Float32Array.from(logits);
		const draw = (seed: number, index: number): number =>
			createSampler({ temperature: 1, topK: 0, topP: 1, seed })(row, index).id;
		const indices = [...Array(50).keys()];
		expect(indices.map((i) => draw(1, i))).toEqual(
			indices
				.reverse()
				.map((i) => draw(1, i))
				.reverse(),
		);
		expect(indices.map((i) => draw(1, i))).not.toEqual(indices.map((i) => draw(2, i)));
	});
});

describe("a given answer", () => {
	test("has the probabilities of a softmax, with a summary of the row and without", () => {
		const logits = Float32Array.of(1, 3, -2, 30, 0);
		const sample = givenTokens(tokens(4, 3, 1));
		const expected = softmax([...logits]);
		for (const [index, id] of [4, 3, 1].entries()) {
			for (const summary of [undefined, rowSummaryOf(logits)]) {
				const chosen = sample(logits, index, undefined, undefined, summary);
				expect(chosen.id).toBe(id);
				expect(Math.log(chosen.probability)).toBeCloseTo(Math.log(expected[id] ?? NaN), 5);
			}
		}
	});

	test("of what can't be is as unlikely as a number can say, never 0", () => {
		const logits = Float32Array.of(0, 2000);
		const summary = rowSummaryOf(logits);
		const { probability } = givenTokens(tokens(0))(logits, 0, undefined, undefined, summary);
		expect(probability).toBeGreaterThan(0);
		expect(probability).toBeLessThan(1e-300);
	});
});
