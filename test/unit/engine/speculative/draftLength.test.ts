import { expect, test } from "vitest";
import { DraftLength } from "../../../../src/engine/speculative/draftLength.ts";

/** Feeds `rounds` rounds in which `accepted` of every `drafted` tokens held and a pass of n rows took `cost(n)`. */
function after(
	rounds: number,
	drafted: number,
	accepted: number,
	cost: (rows: number) => number,
): DraftLength {
	const length = new DraftLength();
	for (let round = 0; round < rounds; round++) {
		length.recordPass(1, cost(1));
		length.recordPass(drafted + 1, cost(drafted + 1));
		length.recordVerdict("fair", drafted, accepted);
	}
	return length;
}

const cheapRows = (rows: number): number => 10 + 0.5 * rows;
const dearRows = (rows: number): number => 5 * rows;

test("drafts from the start, more for stronger evidence", () => {
	const length = new DraftLength();
	const chosen = (["weak", "fair", "strong"] as const).map((strength) =>
		length.choose(strength, 16),
	);
	expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
	expect(chosen[0]).toBeGreaterThan(0);
});

test("where every draft holds and rows are cheap, drafts as much as there is", () => {
	expect(after(100, 4, 4, cheapRows).choose("fair", 12)).toBe(12);
});

test("where no draft holds, stops drafting but for a rare probe", () => {
	const length = after(100, 4, 0, cheapRows);
	const chosen = Array.from({ length: 40 }, () => length.choose("fair", 8));
	expect(chosen.filter((count) => count > 0)).toEqual([2, 2]);
});

test("where rows cost as much as passes, stops drafting even if most drafts hold", () => {
	expect(after(100, 4, 3, dearRows).choose("fair", 8)).toBe(0);
});

test("a probe that pays brings drafting back", () => {
	const length = after(100, 4, 0, cheapRows);
	for (let round = 0; round < 60; round++) {
		length.recordVerdict("fair", 2, 2);
	}
	expect(length.choose("fair", 8)).toBeGreaterThan(2);
});

test("what is learned of one strength says nothing about another", () => {
	expect(after(100, 4, 0, cheapRows).choose("strong", 8)).toBeGreaterThan(0);
});
