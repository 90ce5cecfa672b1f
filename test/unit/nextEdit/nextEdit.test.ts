import { describe, expect, test } from "vitest";
import { AssertionError } from "../../../src/base/assert.ts";
import { probabilityOf } from "../../../src/nextEdit/gate.ts";
import { gateWeights } from "../../../src/nextEdit/gateWeights.ts";
import { featureNames } from "../../../src/nextEdit/features.ts";
import {
	candidatesFor,
	findNextEdits,
	minProbability,
	type NextEdit,
} from "../../../src/nextEdit/nextEdit.ts";
import { after, editedFixture } from "../../support/editedFixture.ts";

const renamed = `
-function totalPrice(items) {
+function sumOfPrices(items) {
   return 0;
 }
<const first = totalPrice(a);
>const first = sumOfPrices(a);
 log(first);
<log(totalPrice(b));
>log(sumOfPrices(b));
`;

/** Somebody takes what is likeliest, again and again. */
function accepted(text: string): readonly string[] {
	let { document } = editedFixture(text);
	for (let left = 20; left > 0; left--) {
		const [best] = findNextEdits(document);
		if (best === undefined) {
			return document.lines;
		}
		const { line, old, next } = best.edit;
		const moved = document.edits.map((edit) =>
			edit.line >= line + old.length
				? { ...edit, line: edit.line + next.length - old.length }
				: edit,
		);
		document = {
			...document,
			lines: after(document, [best.edit]),
			edits: [...moved, best.edit],
		};
	}
	throw new Error("there is no end to it");
}

describe("next edits", () => {
	test("are those still to come, with what speaks for them", () => {
		const { document, next } = editedFixture(renamed, "javascript");
		const found = findNextEdits(document);
		const inOrder = found.map(({ edit }) => edit).toSorted((a, b) => a.line - b.line);
		expect(inOrder).toEqual(next);
		for (const { probability, proposers, support, kind } of found) {
			expect(probability).toBeGreaterThanOrEqual(minProbability);
			expect(probability).toBeLessThan(1);
			expect(proposers).toContain("replacement");
			expect(support).toBe(1);
			expect(kind).toBe(found[0]?.kind);
		}
	});

	test("are sorted by their probability, which is the gate's", () => {
		const found: readonly NextEdit[] = findNextEdits(editedFixture(renamed).document);
		const probabilities = found.map(({ probability }) => probability);
		expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
		expect(probabilities).toEqual(
			found.map(({ features }) => probabilityOf(features, gateWeights)),
		);
	});

	test("accepted to the end make the whole change, and then there are none", () => {
		const { document, next } = editedFixture(renamed);
		expect(accepted(renamed)).toEqual(after(document, next));
	});

	test("follow from the newest of many edits", () => {
		const rows = Array.from({ length: 30 }, (_, i) => `+// note ${i} of thirty\n let x${i};`);
		const { document, next } = editedFixture(`\n${rows.join("\n")}${renamed}`);
		expect(findNextEdits(document)[0]).toMatchObject({ edit: next[0], support: 1 });
	});

	test("are none without edits, and for edits that don't stand where they say there is no answer", () => {
		expect(findNextEdits({ lines: ["a"], languageId: "", edits: [] })).toEqual([]);
		expect(() =>
			findNextEdits({
				...{ lines: ["a"], languageId: "" },
				edits: [{ line: 0, old: [], next: ["b"] }],
			}),
		).toThrow(AssertionError);
	});

	test("are looked for in documents that somebody wrote", () => {
		for (const [copies, isSearched] of [
			[6_000, true],
			[7_000, false],
		] as const) {
			const uses = Array.from({ length: copies }, () => " use(alpha);\n \n log();").join("\n");
			const { document } = editedFixture(`\n-let alpha = 1;\n+let omega = 1;\n${uses}`);
			const candidates = candidatesFor(document);
			expect(candidates.length > 0).toBe(isSearched);
			// Each takes time to judge: what stands everywhere isn't looked at everywhere.
			expect(candidates.length).toBeLessThan(200);
		}
	});
});

describe("the gate", () => {
	test("has a weight for each feature", () => {
		expect(Object.keys(gateWeights).sort()).toEqual([...featureNames].sort());
		expect(Object.values(gateWeights).every(Number.isFinite)).toBe(true);
	});

	test("is a probability whatever is known", () => {
		expect(probabilityOf({}, gateWeights)).toBe(0.5);
		expect(probabilityOf({ bias: 1, isWhole: 1 }, gateWeights)).toBeGreaterThan(
			probabilityOf({ bias: 1 }, gateWeights),
		);
	});
});
