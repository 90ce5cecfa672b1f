import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PassLine } from "../../../src/engine/passLine.ts";

test("finds the line through what it measured", () => {
	const line = new PassLine();
	for (const rows of [64, 128, 96, 512]) {
		line.record(rows, 6 + 2 * rows);
	}
	expect(line.fit()?.baseMs).toBeCloseTo(6, 6);
	expect(line.fit()?.perRowMs).toBeCloseTo(2, 9);
});

test("passes of one size tell no slope, however many, and neither do none", () => {
	const line = new PassLine();
	expect([line.fit(), line.meanRows]).toEqual([undefined, undefined]);
	for (let pass = 0; pass < 100; pass++) {
		line.record(64, 10 + (pass % 3));
	}
	expect(line.fit()).toBeUndefined();
	expect(line.meanRows).toBeCloseTo(64, 9);
});

test("what was known of the slope fades while passes have one size", () => {
	const line = new PassLine();
	line.record(64, 20);
	line.record(512, 100);
	expect(line.fit()).toBeDefined();
	for (let pass = 0; pass < 100; pass++) {
		line.record(512, 100);
	}
	expect(line.fit()).toBeUndefined();
});

test("neither part of a pass is negative, whatever the noise, and the mean is kept", () => {
	const passes = fc.array(
		fc.tuple(fc.integer({ min: 1, max: 512 }), fc.double({ min: 0, max: 1e4, noNaN: true })),
	);
	fc.assert(
		fc.property(passes, (measured) => {
			const line = new PassLine();
			for (const [rows, ms] of measured) {
				line.record(rows, ms);
			}
			const fit = line.fit();
			if (fit !== undefined) {
				expect(fit.perRowMs).toBeGreaterThanOrEqual(0);
				expect(fit.baseMs).toBeGreaterThanOrEqual(-1e-6);
				const atMean = fit.baseMs + fit.perRowMs * (line.meanRows ?? NaN);
				expect(atMean).toBeLessThanOrEqual(1e4 + 1e-6);
			}
		}),
	);
});
