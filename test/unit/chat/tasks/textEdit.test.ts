import fc from "fast-check";
import { expect, test } from "vitest";
import { withEdits } from "../../../../src/chat/tasks/textEdit.ts";

test.each([
	["in any order", "abcd", [edit(3, 4, "D"), edit(0, 1, "A")], "AbcD"],
	["insertions at one place one after the other", "ab", [edit(1, 1, "1"), edit(1, 1, "2")], "a12b"],
	["none at all", "ab", [], "ab"],
	["none that overlap", "abcd", [edit(0, 2, ""), edit(1, 3, "")], undefined],
	["none outside", "ab", [edit(1, 3, "")], undefined],
	["none that end before they start", "ab", [edit(1, 0, "")], undefined],
])("edits go in: %s", (_what, text, edits, expected) => {
	expect(withEdits(text, edits)).toBe(expected);
});

test("the order in which edits are given doesn't matter", () => {
	const parts = fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 })), {
		maxLength: 6,
	});
	fc.assert(
		fc.property(parts, fc.boolean(), (pairs, isReversed) => {
			let at = 0;
			// One unit between two, so that none of them are insertions at one place.
			const edits = pairs.map(([old, newText]) => {
				const start = at;
				at += old.length + 1;
				return edit(start, start + old.length, newText);
			});
			const text = pairs.map(([old]) => `${old}|`).join("");
			const given = isReversed ? edits.toReversed() : edits;
			expect(withEdits(text, given)).toBe(pairs.map(([, newText]) => `${newText}|`).join(""));
		}),
	);
});

function edit(start: number, end: number, newText: string) {
	return { start, end, newText };
}
