import { expect, test } from "vitest";
import { withoutDanglingWord } from "../../../src/completion/danglingWord.ts";
import { placeAt } from "../../support/placeAt.ts";

test.each([
	["║", "foo(", "foo("],
	["║", "foo.ba", "foo."],
	["bar;\n║", "foo.bar", "foo.bar"],
	["║\nbar;", "foo.bar", "foo.bar"],
	["barn;\n║", "foo.bar", "foo."],
	["$bar;\n║", "foo.bar", "foo."],
	["fo║", "o", ""],
	["foo;\nfo║", "o", "o"],
	["║", "foo = foo", "foo = foo"],
	["║", "größ", ""],
	["größe;\n║", "größe", "größe"],
])("%j and %j", (fixture, text, expected) => {
	expect(withoutDanglingWord(text, placeAt(fixture))).toBe(expected);
});
