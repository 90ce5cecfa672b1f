import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepOrReplace, type PartValue } from "../../../../src/context/packing/keepOrReplace.ts";

const value = fc.record({
	gain: fc.double({ min: 0, max: 100, noNaN: true }),
	tokens: fc.nat({ max: 10_000 }),
});
const limits = fc.record({
	budgetTokens: fc.integer({ min: 500, max: 10_000 }),
	keepShare: fc.double({ min: 0.1, max: 1, noNaN: true }),
});

const law = (
	check: (a: PartValue, b: PartValue, l: Parameters<typeof keepOrReplace>[2]) => void,
): void => {
	fc.assert(fc.property(value, value, limits, check));
};

describe("keepOrReplace", () => {
	test("keeps a part that fits instead of itself", () => {
		law((a, _b, l) => {
			expect(keepOrReplace(a, a, l)).toBe(a.tokens <= l.budgetTokens ? "keep" : "replace");
		});
	});

	test("never keeps what doesn't fit", () => {
		law((a, b, l) => {
			expect(keepOrReplace({ ...a, tokens: l.budgetTokens + 1 }, b, l)).toBe("replace");
		});
	});

	test("keeps whatever is worth no less than the new one", () => {
		law((a, b, l) => {
			const better = { gain: b.gain + a.gain, tokens: Math.min(a.tokens, l.budgetTokens) };
			expect(keepOrReplace(better, b, l)).toBe("keep");
		});
	});

	test("what is kept stays kept when it gains worth or the new one loses some", () => {
		law((a, b, l) => {
			if (keepOrReplace(a, b, l) === "keep") {
				expect(keepOrReplace({ ...a, gain: a.gain + 1 }, b, l)).toBe("keep");
				expect(keepOrReplace(a, { ...b, gain: b.gain / 2 }, l)).toBe("keep");
			}
		});
	});

	test("two parts never replace each other in turn", () => {
		law((a, b, l) => {
			const replaces = keepOrReplace(a, b, l) === "replace" && a.tokens <= l.budgetTokens;
			if (replaces && b.tokens <= l.budgetTokens) {
				expect(keepOrReplace(b, a, l)).toBe("keep");
			}
		});
	});
});
