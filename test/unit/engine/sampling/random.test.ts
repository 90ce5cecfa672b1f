import * as fc from "fast-check";
import { expect, test } from "vitest";
import { uniformAt } from "../../../../src/engine/sampling/random.ts";

test("is in [0, 1) for any seed", () => {
	fc.assert(
		fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(), (seed, index) => {
			const value = uniformAt(seed, index);
			expect(value).toBeGreaterThanOrEqual(0);
			expect(value).toBeLessThan(1);
		}),
	);
});

test("spreads evenly over indices and over seeds", () => {
	for (const at of [(i: number) => uniformAt(5, i), (i: number) => uniformAt(i, 5)]) {
		const counts = new Array<number>(10).fill(0);
		for (let i = 0; i < 10_000; i++) {
			const bin = Math.floor(at(i) * 10);
			counts[bin] = (counts[bin] ?? 0) + 1;
		}
		const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
		// 99.9 % with nine degrees of freedom.
		expect(chiSquare).toBeLessThan(27.9);
	}
});

test("seeds that differ only beyond 32 bits give different numbers", () => {
	expect(uniformAt(1, 0)).not.toBe(uniformAt(1 + 2 ** 32, 0));
});
