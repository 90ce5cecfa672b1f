import fc from "fast-check";
import { expect, test } from "vitest";
import { notAhead, readAhead } from "../../../../src/context/index/readAhead.ts";

const limits = fc.record({ items: fc.integer({ min: 1, max: 5 }), weight: fc.nat(20) });

test("every item comes once, in order, with what was started for it", () => {
	fc.assert(
		fc.property(fc.array(fc.nat(9)), limits, (items, ahead) => {
			const taken = [
				...readAhead(
					items,
					(item) => `started ${item}`,
					(item) => item,
					ahead,
				),
			];
			expect(taken).toEqual(items.map((item) => ({ item, started: `started ${item}` })));
		}),
	);
});

test("no more are started than the limits allow", () => {
	fc.assert(
		fc.property(fc.array(fc.nat(9)), limits, (items, ahead) => {
			const waiting: number[] = [];
			const start = (item: number): void => {
				expect(waiting.length).toBeLessThan(ahead.items);
				expect(waiting.length === 0 || sum(waiting) < ahead.weight).toBe(true);
				waiting.push(item);
			};
			for (const { item } of readAhead(items, start, (weight) => weight, ahead)) {
				expect(waiting.shift()).toBe(item);
			}
			expect(waiting).toEqual([]);
		}),
	);
});

test("nothing is started ahead where that would only wait", () => {
	let started = 0;
	let taken = 0;
	for (const { item } of readAhead(
		[1, 2, 3],
		() => started++,
		() => 1,
		notAhead,
	)) {
		taken = item;
		expect(started).toBe(taken);
	}
	expect(taken).toBe(3);
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
