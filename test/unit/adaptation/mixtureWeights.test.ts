import { describe, expect, test } from "vitest";
import { weightings } from "../../../src/adaptation/mixtureWeightings.ts";
import { MixtureWeights } from "../../../src/adaptation/mixtureWeights.ts";

const even = weightings.map(() => 0.5);

describe("the trust in the weightings", () => {
	test("starts as their priors, which sum to 1", () => {
		const { trust } = new MixtureWeights();
		expect(trust).toEqual(weightings.map(({ prior }) => prior));
		expect(sum(trust)).toBeCloseTo(1, 12);
	});

	test("moves to the weighting that was right, and never away from any for good", () => {
		const weights = new MixtureWeights();
		for (let i = 0; i < 1000; i++) {
			weights.learn(even.with(3, 0.9));
		}
		expect(weights.trust[3]).toBeGreaterThan(0.98);
		expect(Math.min(...weights.trust)).toBeGreaterThan(1e-5);
		expect(sum(weights.trust)).toBeCloseTo(1, 12);
	});

	test("follows a change within a few tokens", () => {
		const weights = new MixtureWeights();
		for (let i = 0; i < 1000; i++) {
			weights.learn(even.with(3, 0.9));
		}
		for (let i = 0; i < 30; i++) {
			weights.learn(even.with(0, 0.9));
		}
		expect(weights.trust[0]).toBeGreaterThan(0.9);
	});

	test("learns nothing from a token that all hold impossible", () => {
		const weights = new MixtureWeights();
		weights.learn(weightings.map(() => 0));
		weights.learn(weightings.map(() => NaN));
		expect(weights.trust).toEqual(new MixtureWeights().trust);
	});

	test("goes on from what was stored", () => {
		const weights = new MixtureWeights();
		weights.learn(even.with(2, 0.9));
		expect(new MixtureWeights(weights.trust).trust).toEqual(weights.trust);
	});

	test.each([
		["of another length", [0.5, 0.5]],
		["that don't sum to 1", weightings.map(() => 1)],
		["with a share of 0", weightings.map((_, i) => (i === 0 ? 1 : 0))],
		["that are not numbers", weightings.map(() => NaN)],
	])("starts afresh from stored shares %s", (_, stored) => {
		expect(new MixtureWeights(stored).trust).toEqual(new MixtureWeights().trust);
	});
});

function sum(values: readonly number[]): number {
	return values.reduce((all, value) => all + value, 0);
}
