import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { infillParts } from "../../../../src/languageModel/remote/infillParts.ts";
import { estimateTokens } from "../../../../src/languageModel/remote/tokenEstimate.ts";
import { infillRequest } from "../../../support/modelRequests.ts";

describe("the part of a file that goes along", () => {
	const line = fc.string({ maxLength: 40, unit: fc.constantFrom("a", "b", " ", "é", "🙂", "(") });
	const code = fc.array(line, { maxLength: 80 }).map((lines) => lines.join("\n"));

	test("is within the budget, well-formed, and touches the hole on both sides", () => {
		fc.assert(
			fc.property(
				code,
				code,
				fc.array(code, { maxLength: 4 }),
				fc.integer({ min: 64, max: 600 }),
				(prefix, suffix, texts, budget) => {
					const pieces = texts.map((text, index) => ({ path: `p${index}.ts`, text }));
					const parts = infillParts(infillRequest({ prefix, suffix, pieces }), budget, true);
					const used = [parts.path, parts.prefix, parts.suffix]
						.concat(parts.pieces.flatMap(({ path, text }) => [path, text]))
						.reduce((sum, text) => sum + estimateTokens(text), 0);
					expect(used).toBeLessThanOrEqual(budget);
					expect(prefix.endsWith(parts.prefix)).toBe(true);
					expect(suffix.startsWith(parts.suffix)).toBe(true);
					expect((parts.prefix + parts.suffix).isWellFormed()).toBe(true);
					expect(parts.pieces.every(({ text }) => text.endsWith("\n"))).toBe(true);
				},
			),
		);
	});

	test("begins at the same place while one types, but for jumps", () => {
		const prefix = Array.from({ length: 400 }, (_, index) => `\tconst value${index} = ${index};\n`);
		const starts = new Set<number>();
		let text = prefix.join("");
		for (let typed = 0; typed < 200; typed++) {
			text += "x";
			const parts = infillParts(infillRequest({ prefix: text }), 512, true);
			starts.add(text.length - parts.prefix.length);
			expect(estimateTokens(parts.prefix)).toBeGreaterThan(128);
			expect(parts.prefix.startsWith("\tconst")).toBe(true);
		}
		expect(starts.size).toBeLessThanOrEqual(2);
	});

	test("keeps the last pieces, and a clean path of each", () => {
		const pieces = [
			{ path: "far.ts", text: "x".repeat(5000) },
			{ path: "../near\n.ts", text: "near" },
		];
		const parts = infillParts(infillRequest({ pieces, path: "/src/a.ts" }), 512, true);
		expect(parts.pieces).toEqual([{ path: "../near.ts", text: "near\n" }]);
		expect(parts.path).toBe("src/a.ts");
		expect(infillParts(infillRequest({ pieces }), 512, false).pieces).toEqual([]);
	});

	test("is nothing where the budget is", () => {
		const parts = infillParts(infillRequest(), -5, true);
		expect([parts.prefix, parts.suffix]).toEqual(["", ""]);
	});
});
