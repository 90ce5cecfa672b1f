import { expect, test } from "vitest";
import { placedAfter } from "../../../../src/extension/nextEdit/placedEdit.ts";
import type { TextChange } from "../../../../src/nextEdit/editHistory.ts";

const edit = (line: number, old: readonly string[] = ["old"]) => ({
	edit: { line, old, next: ["new"] },
});

function change(
	[startLine, startColumn]: readonly [number, number],
	[endLine, endColumn]: readonly [number, number],
	text: string,
): TextChange {
	return { startLine, startColumn, endLine, endColumn, text };
}

test.each<[string, TextChange[], number[]]>([
	["a key above leaves it", [change([2, 3], [2, 3], "x")], [5]],
	["a line put in above moves it", [change([2, 3], [2, 3], "x\n")], [6]],
	["with CRLF too", [change([2, 3], [2, 3], "x\r\ny\r\n")], [7]],
	["a whole line put in right above moves it", [change([5, 0], [5, 0], "x\n")], [6]],
	["a line taken away above moves it", [change([2, 0], [3, 0], "")], [4]],
	["right above too", [change([4, 0], [5, 0], "")], [4]],
	["a key below leaves it", [change([6, 0], [6, 0], "x")], [5]],
	["a whole line put in right below leaves it", [change([6, 0], [6, 0], "x\n")], [5]],
	["a key on its line drops it", [change([5, 1], [5, 1], "x")], []],
	["a line joined to it drops it", [change([4, 9], [5, 0], "")], []],
	["what is taken away with it drops it", [change([3, 0], [8, 0], "")], []],
	[
		"changes above and below are added up",
		[change([8, 0], [8, 0], "x\n"), change([1, 0], [1, 0], "\n\n")],
		[7],
	],
	["a replaced document drops it", [change([0, 0], [99, 0], "x".repeat(60_000))], []],
])("%s", (_what, changes, lines) => {
	expect(placedAfter([edit(5)], changes).map((placed) => placed.edit.line)).toEqual(lines);
});

test("what is put in between two lines is dropped where either changes, or something comes between", () => {
	const at = (one: TextChange) =>
		placedAfter([edit(5, [])], [one]).map((placed) => placed.edit.line);
	expect(at(change([4, 0], [4, 0], "x"))).toEqual([]);
	expect(at(change([5, 0], [5, 0], "x"))).toEqual([]);
	expect(at(change([5, 0], [5, 0], "x\n"))).toEqual([]);
	expect(at(change([4, 0], [4, 0], "x\n"))).toEqual([6]);
	expect(at(change([6, 0], [6, 0], "x\n"))).toEqual([5]);
});

test("ten thousand changes at once aren't followed", () => {
	const changes = Array.from({ length: 10_000 }, (_, i) => change([i + 10, 0], [i + 10, 0], "x"));
	expect(placedAfter([edit(5)], changes)).toEqual([]);
});
