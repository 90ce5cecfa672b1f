import fc from "fast-check";
import { expect, test } from "vitest";
import { groupBy } from "../../../src/base/groupBy.ts";

test("groups hold their items in order, and come in the order of their first ones", () => {
	expect([...groupBy([3, 1, 4, 1, 5], (item) => item % 2)]).toEqual([
		[1, [3, 1, 1, 5]],
		[0, [4]],
	]);
});

test("every item is in the group of its key alone", () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (items) => {
			const groups = [...groupBy(items, (item) => item % 7)];
			expect(groups.flatMap(([, group]) => group).sort()).toEqual(items.toSorted());
			expect(groups.every(([key, group]) => group.every((item) => item % 7 === key))).toBe(true);
		}),
	);
});
