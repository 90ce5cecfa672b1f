import { describe, expect, test } from "vitest";
import { cursorScope, type CursorScope } from "../../../../src/context/sources/cursorScope.ts";
import { cursorFile } from "../../../support/fixture.ts";

function scopeAt(fixture: string): CursorScope {
	return cursorScope({ languageId: "typescript", ...cursorFile(fixture) });
}

describe("the receiver", () => {
	const cases: readonly (readonly [string, CursorScope["receiver"]])[] = [
		["basket.║", { name: "basket", isCall: false }],
		["this.shop.basket.add║", { name: "basket", isCall: false }],
		["open(path, [1, 2]).║", { name: "open", isCall: true }],
		["items[index + 1]?.║", { name: "items", isCall: false }],
		["list!.║", { name: "list", isCall: false }],
		["Vec::<u8>::║", { name: "Vec", isCall: false }],
		["node->║", { name: "node", isCall: false }],
		['"text".║', { name: undefined, isCall: false }],
		["call(║", undefined],
		["const half = 0.║", undefined],
		["[...║", undefined],
		["wait║", undefined],
		["║", undefined],
	];

	test.for(cases)("of %s", ([code, expected]) => {
		expect(scopeAt(code).receiver).toEqual(expected);
	});
});

describe("names around the cursor", () => {
	test("have the distance of the nearest line", () => {
		const { above, below } = scopeAt("alpha\nbeta alpha\ngamma ║ delta\nalpha\n");
		expect([...above]).toEqual([
			["gamma", 0],
			["beta", 1],
			["alpha", 1],
		]);
		expect([...below]).toEqual([
			["delta", 0],
			["alpha", 1],
		]);
	});

	test("the beginning of a name at the cursor is kept apart", () => {
		expect(scopeAt("const total = basket.tot║").partial).toBe("tot");
		expect(scopeAt("const total = ║").partial).toBe("");
	});
});
