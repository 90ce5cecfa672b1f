import { expect, test } from "vitest";
import {
	countElsewhere,
	elsewhereText,
	listedEdits,
} from "../../../../src/extension/nextEdit/listedEdits.ts";
import type { QuietReason } from "../../../../src/extension/nextEdit/quietReason.ts";
import type { FoundEdit } from "../../../../src/extension/nextEdit/searchProtocol.ts";

function found(line: number, old: readonly string[], next: readonly string[]): FoundEdit {
	return {
		...{ edit: { line, old, next }, probability: 0.8, proposers: [] },
		...{ support: 1, kind: "a", reasons: [] },
	};
}

const rowsOf = (path: string, ...edits: readonly FoundEdit[]): readonly (readonly string[])[] =>
	listedEdits([{ path, documentId: `file:///${path}`, edits }]).map(
		({ label, description, detail }) => [label, description, detail],
	);

test("a row has the file, the line as people count, and what stands there before and after", () => {
	expect(
		rowsOf(
			"src/shop/basket.ts",
			found(4, ["\tshow(a,  b);"], ["\tshow(a, c);"]),
			found(9, ["one", "two"], ["three"]),
		),
	).toEqual([
		["basket.ts:5", "src/shop", "show(a, b);  →  show(a, c);"],
		["basket.ts:10", "src/shop", "one ⏎ two  →  three"],
	]);
	expect(rowsOf("top.ts", found(0, ["a"], ["b"]))).toEqual([["top.ts:1", "", "a  →  b"]]);
});

test("code that would be drawn as an icon is read as it is, and a long line is cut between signs", () => {
	const [row] = rowsOf("$(x)/a.ts", found(0, ["$(sync) $('a')"], [`${"x".repeat(98)}😀 and more`]));
	expect(row).toEqual(["a.ts:1", "\\$(x)", `\\$(sync) $('a')  →  ${"x".repeat(98)}…`]);
});

test("how many there are is said in a few words", () => {
	expect(elsewhereText({ edits: 3, files: 2 })).toBe("Next edits: 3 in 2 other files");
	expect(elsewhereText({ edits: 1, files: 1 })).toBe("Next edits: 1 in 1 other file");
});

test.each<[number | undefined, QuietReason | undefined]>([
	[2, undefined],
	[2, "severalCursors"],
	[undefined, "moteOff"],
	[undefined, "snoozed"],
])("%s are told of where the reason for silence is %s", (edits, quiet) => {
	const both = [found(1, ["a"], ["b"]), found(2, ["a"], ["b"])];
	const files = [{ path: "a.ts", documentId: "file:///a.ts", edits: both }];
	expect(countElsewhere(files, quiet)?.edits).toBe(edits);
	expect(countElsewhere([], quiet)).toBeUndefined();
});
