import { expect, test } from "vitest";
import { bootstrap } from "../../../src/evaluation/bootstrap.ts";

const mean = (values: readonly number[]): number | undefined =>
	values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

test("the interval is that of theory for a mean of many", () => {
	const values = Array.from({ length: 400 }, (_, index) => (index % 4 === 0 ? 1 : 0));
	const { value = 0, low = 0, high = 0 } = bootstrap(values, mean) ?? {};
	const halfWidth = 1.96 * Math.sqrt((0.25 * 0.75) / 400);
	expect(value).toBe(0.25);
	expect(Math.abs(low - (0.25 - halfWidth))).toBeLessThan(0.006);
	expect(Math.abs(high - (0.25 + halfWidth))).toBeLessThan(0.006);
});

test("the same items have the same interval", () => {
	const values = [1, 2, 3, 5, 8];
	expect(bootstrap(values, mean)).toEqual(bootstrap([...values], mean));
});

test("without a value there is no interval, and resamples without one are left out", () => {
	expect(bootstrap([], mean)).toBeUndefined();
	const onlyWithOnes = (values: readonly number[]): number | undefined =>
		values.includes(1) ? mean(values) : undefined;
	expect(bootstrap([0, 1], onlyWithOnes)).toEqual({ value: 0.5, low: 0.5, high: 1 });
});
