import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PassCost } from "../../../../src/engine/speculative/passCost.ts";

test("assumes something plausible before it has measured", () => {
	const cost = new PassCost();
	expect([cost.relative(1), cost.relative(5), cost.lacksSingle]).toEqual([1, 2, false]);
});

test("knows each number of rows by what it took, and lies straight between neighbours", () => {
	const cost = new PassCost();
	// With experts: steep at first, then flat.
	const times = new Map([
		[1, 20],
		[2, 32],
		[3, 40],
		[4, 44],
		[12, 60],
		[24, 90],
	]);
	for (const [rows, ms] of [...times, ...times, ...times]) {
		cost.record(rows, ms);
	}
	for (const [rows, ms] of times) {
		expect(cost.relative(rows)).toBeCloseTo(ms / 20, 9);
	}
	expect(cost.relative(18)).toBeCloseTo(75 / 20, 9);
});

test("hopes, within bounds, where nothing was measured, so that it is tried", () => {
	const cost = new PassCost();
	cost.record(1, 10);
	cost.record(8, 80);
	expect(cost.relative(3)).toBe(1.5);
	expect(cost.relative(8)).toBe(8);
	const cheap = new PassCost();
	cheap.record(1, 10);
	cheap.record(8, 11);
	expect(cheap.relative(7)).toBeCloseTo(1.1, 9);
});

test("a change of the machine's speed is one for all numbers of rows", () => {
	const cost = new PassCost();
	for (let pass = 0; pass < 30; pass++) {
		cost.record(1 + (pass % 3), 10 + 5 * (pass % 3));
	}
	// Half as fast, and only single rows run.
	for (let pass = 0; pass < 30; pass++) {
		cost.record(1, 20);
	}
	expect(cost.relative(3)).toBeGreaterThan(1.75);
	expect(cost.relative(3)).toBeLessThan(2.05);
});

test("a pass that was held up moves nothing", () => {
	const cost = new PassCost();
	for (let pass = 0; pass < 30; pass++) {
		cost.record(1 + (pass % 2), 10 + 4 * (pass % 2));
	}
	cost.record(2, 60_000);
	expect(cost.relative(2)).toBeCloseTo(1.4, 1);
});

test("forgets what was not measured for long, and says when it lacks what all is compared to", () => {
	const cost = new PassCost();
	cost.record(1, 10);
	cost.record(2, 30);
	expect([cost.relative(2), cost.lacksSingle]).toEqual([3, false]);
	for (let pass = 0; pass < 200; pass++) {
		cost.record(1, 10);
	}
	expect(cost.relative(2)).toBe(1.25);
	for (let pass = 0; pass < 200; pass++) {
		cost.record(2, 30);
	}
	expect(cost.lacksSingle).toBe(true);
});

test("is a number of at least one, whatever was measured", () => {
	const passes = fc.array(
		fc.tuple(
			fc.integer({ min: 1, max: 20 }),
			fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })),
		),
	);
	fc.assert(
		fc.property(passes, fc.integer({ min: 1, max: 20 }), (measured, rows) => {
			const cost = new PassCost();
			for (const [measuredRows, ms] of measured) {
				cost.record(measuredRows, ms);
			}
			const relative = cost.relative(rows);
			expect(relative >= 1 && Number.isFinite(relative)).toBe(true);
		}),
	);
});
