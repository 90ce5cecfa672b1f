import { describe, expect, test } from "vitest";
import { choose } from "../../../../src/context/packing/pack.ts";
import { PricedNames } from "../../../../src/context/packing/pricedNames.ts";
import type { Unit } from "../../../../src/context/packing/unit.ts";

/** A unit that defines a name and mentions others; its length is that of its text. */
function unit(path: string, name: string, values: Partial<Unit> = {}): Unit {
	return {
		path,
		kind: "signature",
		reason: "definition",
		startLine: 0,
		endLine: 0,
		text: `function ${name}()`,
		mentions: [name],
		defines: [name],
		header: undefined,
		worth: 0,
		...values,
	};
}

function check(
	units: readonly Unit[],
	probabilities: Readonly<Record<string, number>>,
	budgetTokens: number,
	given: readonly Unit[] = [],
): readonly string[] {
	const names = new PricedNames(Object.keys(probabilities).length);
	for (const [name, probability] of Object.entries(probabilities)) {
		names.add(name, probability, probability);
	}
	return choose(units, {
		names,
		countTokens: (text) => text.length,
		headerTokens: (path) => path.length,
		budgetTokens,
		given,
	})
		.layOut()
		.pieces.map(({ path }) => path);
}

describe("choose", () => {
	test("puts the most relevant last", () => {
		const units = [unit("a", "likely"), unit("b", "seldom"), unit("c", "often")];
		expect(check(units, { likely: 0.9, often: 0.5, seldom: 0.1 }, 200)).toEqual(["b", "c", "a"]);
	});

	test("takes what adds most for its tokens", () => {
		const long = unit("long", "alpha", { text: "alpha ".repeat(30) });
		expect(check([long, unit("short", "beta")], { alpha: 0.5, beta: 0.4 }, 100)).toEqual(["short"]);
	});

	test("takes no name twice", () => {
		const copy = unit("copy", "alpha", { startLine: 5, endLine: 5 });
		expect(check([unit("a", "alpha"), copy], { alpha: 0.5 }, 200)).toEqual(["a"]);
	});

	test("leaves out what is given already", () => {
		const units = [unit("a", "alpha"), unit("b", "beta")];
		expect(check(units, { alpha: 0.5, beta: 0.1 }, 200, [unit("z", "alpha")])).toEqual(["b"]);
	});

	test("takes nothing that is worth nothing", () => {
		expect(check([unit("a", "alpha")], {}, 200)).toEqual([]);
	});
});
