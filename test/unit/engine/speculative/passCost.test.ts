import { expect, test } from "vitest";
import { PassCost } from "../../../../src/engine/speculative/passCost.ts";

test("assumes something plausible before it has measured", () => {
	const cost = new PassCost();
	expect([cost.relative(1), cost.relative(5)]).toEqual([1, 2]);
});

test("finds the line through what it measured", () => {
	const cost = new PassCost();
	for (const rows of [1, 4, 2, 8, 1, 3]) {
		cost.record(rows, 6 + 2 * rows);
	}
	expect(cost.relative(5)).toBeCloseTo(2, 9);
});

test("follows a change of the machine's speed", () => {
	const cost = new PassCost();
	for (let i = 0; i < 450; i++) {
		const rows = 1 + (i % 4);
		cost.record(rows, i < 150 ? 10 * rows : 10 + rows);
	}
	expect(cost.relative(12)).toBeCloseTo(2, 1);
});

test("is never below one, whatever the noise", () => {
	const cost = new PassCost();
	cost.record(1, 10);
	cost.record(8, 1);
	cost.record(2, 0);
	expect(cost.relative(8)).toBeGreaterThanOrEqual(1);
});
