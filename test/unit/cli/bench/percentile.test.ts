import { expect, test } from "vitest";
import { percentile, spreadOf } from "../../../../src/cli/bench/percentile.ts";

test("percentiles use the nearest rank and a missing measurement is not zero", () => {
	expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
	expect(percentile([4, 1, 3, 2], 0.95)).toBe(4);
	expect(percentile([], 0.5)).toBeNaN();
	expect(spreadOf([1, 2])).toEqual({ p50: 1, p95: 2, count: 2 });
});
