import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planPasses, type PassRules } from "../../../../src/engine/ort/passPlan.ts";

const plain: PassRules = { vocabularySize: 512, logitRows: "all", isSingleBehindPast: false };

describe("an exported graph is asked", () => {
	test("in one pass where it gives every row", () => {
		expect(planPasses(10, 40, 3, plain)).toEqual([{ tokens: 40, logitRows: 3 }]);
	});

	test("for no more logits at once than 64 MB, which it can't leave out", () => {
		const passes = planPasses(0, 250, 1, { ...plain, vocabularySize: 2 ** 17 });
		expect(passes).toEqual([
			{ tokens: 128, logitRows: 0 },
			{ tokens: 122, logitRows: 1 },
		]);
	});

	test("for each wanted row by itself where it gives the last one only", () => {
		expect(planPasses(5, 12, 3, { ...plain, logitRows: "last" })).toEqual([
			{ tokens: 9, logitRows: 0 },
			{ tokens: 1, logitRows: 1 },
			{ tokens: 1, logitRows: 1 },
			{ tokens: 1, logitRows: 1 },
		]);
	});

	test("token by token behind a past where its branch for that was traced so", () => {
		const rules = { ...plain, isSingleBehindPast: true };
		expect(planPasses(0, 4, 4, rules)).toEqual([{ tokens: 4, logitRows: 4 }]);
		expect(planPasses(1, 2, 1, rules)).toEqual([
			{ tokens: 1, logitRows: 0 },
			{ tokens: 1, logitRows: 1 },
		]);
	});
});

test("passes have every token once, and the wanted rows at their end", () => {
	fc.assert(
		fc.property(
			fc.nat({ max: 50 }),
			fc.integer({ min: 1, max: 300 }),
			fc.nat({ max: 300 }),
			fc.record({
				vocabularySize: fc.integer({ min: 1, max: 1_000_000 }),
				logitRows: fc.constantFrom("all" as const, "last" as const, "wanted" as const),
				isSingleBehindPast: fc.boolean(),
			}),
			(past, tokens, rows, rules) => {
				const wanted = Math.min(rows, tokens);
				const passes = planPasses(past, tokens, wanted, rules);
				const isWanted = passes.flatMap(({ tokens: count, logitRows }) => [
					...Array<boolean>(count - logitRows).fill(false),
					...Array<boolean>(logitRows).fill(true),
				]);
				const most = rules.logitRows === "last" ? 1 : Infinity;
				return (
					isWanted.length === tokens &&
					isWanted.every((is, i) => is === i >= tokens - wanted) &&
					passes.every((pass) => pass.tokens > 0 && pass.logitRows <= most)
				);
			},
		),
	);
});
