import fc from "fast-check";
import { expect, test } from "vitest";
import { keysOf } from "../../../src/completion/keys.ts";

test.each<[string, string, readonly string[]]>([
	["a character is a key", "ab c", ["a", "b", " ", "c"]],
	["Enter brings the indentation behind it", "{\n\t\tre", ["{", "\n\t\t", "r", "e"]],
	["each line break is an Enter", "a\n\n  b", ["a", "\n", "\n  ", "b"]],
	["a line break of Windows is one Enter", "a\r\n\r\n  b", ["a", "\r\n", "\r\n  ", "b"]],
	["spaces inside a line are typed", "a  b", ["a", " ", " ", "b"]],
	["half a character can't be typed", "😀é", ["😀", "é"]],
	["nothing takes no key", "", []],
])("%s", (_name, text, keys) => {
	expect(keysOf(text)).toEqual(keys);
});

test("together the keys write the text", () => {
	const text = fc.string({ unit: fc.constantFrom("a", " ", "\t", "\r", "\n", "😀") });
	fc.assert(fc.property(text, (written) => keysOf(written).join("") === written));
});
