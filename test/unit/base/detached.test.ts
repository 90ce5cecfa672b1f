import * as fc from "fast-check";
import { expect, test } from "vitest";
import { detached } from "../../../src/base/detached.ts";

test("a copy is the same text, halves of characters included", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (any, text) => {
			expect(detached(any)).toBe(any);
			expect(detached(text)).toBe(text);
			expect(detached(`a${text}\ud83d`)).toBe(`a${text}\ud83d`);
		}),
	);
});
