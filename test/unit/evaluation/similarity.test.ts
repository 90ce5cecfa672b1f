import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare, levenshtein } from "../../../src/evaluation/similarity.ts";

describe("comparing an answer with the truth", () => {
	test.each([
		["a + b;", "  a + b;\n", { exactMatch: true, firstLineMatch: true, editSimilarity: 1 }],
		["abcd", "abed", { exactMatch: false, firstLineMatch: false, editSimilarity: 0.75 }],
		["\n\tfoo();\n}", "\n\tfoo(); \n", { exactMatch: false, firstLineMatch: true }],
		["abc", "", { exactMatch: false, firstLineMatch: false, editSimilarity: 0 }],
		["", "", { exactMatch: true, firstLineMatch: true, editSimilarity: 1 }],
	])("%j and %j", (truth, answer, expected) => {
		expect(compare(truth, answer)).toMatchObject(expected);
	});

	test("the distance is that of a search over all edits", () => {
		const short = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });
		fc.assert(
			fc.property(short, short, (a, b) => {
				expect(levenshtein(a, b)).toBe(slowDistance(a, b));
			}),
		);
	});
});

function slowDistance(a: string, b: string): number {
	if (a === "" || b === "") {
		return a.length + b.length;
	}
	const replaced = slowDistance(a.slice(1), b.slice(1)) + (a.startsWith(b.charAt(0)) ? 0 : 1);
	return Math.min(replaced, slowDistance(a.slice(1), b) + 1, slowDistance(a, b.slice(1)) + 1);
}
