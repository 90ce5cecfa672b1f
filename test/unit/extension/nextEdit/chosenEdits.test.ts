import { describe, expect, test } from "vitest";
import {
	isOnScreen,
	judged,
	shownEdits,
	tabStep,
	takesTab,
} from "../../../../src/extension/nextEdit/chosenEdits.ts";
import type { FoundEdit } from "../../../../src/extension/nextEdit/searchProtocol.ts";

function found(line: number, more: Partial<FoundEdit> = {}): FoundEdit {
	return {
		edit: { line, old: ["old"], next: ["new"] },
		...{ probability: 0.9, proposers: ["replacement"], support: 1, kind: "a", reasons: [] },
		...more,
	};
}

describe("what was found", () => {
	test.each<[string, Partial<FoundEdit>, ReadonlyMap<string, number>]>([
		["shown", {}, new Map()],
		["shown", {}, new Map([["b", 9]])],
		["unlikely", { probability: 0.49 }, new Map([["a", 1]])],
		["dismissed", {}, new Map([["a", 1]])],
		["shown", { support: 2 }, new Map([["a", 1]])],
		["unshowable", { edit: { line: 1, old: ["a"], next: ["b".repeat(1000)] } }, new Map()],
	])("is %s for its likelihood, what was dismissed, and its length", (verdict, more, dismissed) => {
		expect(judged([found(1, more)], 10, dismissed)[0]?.verdict).toBe(verdict);
	});
});

describe("of what may be shown", () => {
	const edits = [found(30), found(50), found(10), found(20, { kind: "b" })];
	const lines = (fromLine: number, kind?: string) => {
		const shown = shownEdits(edits, fromLine, kind);
		return [shown?.current.edit.line, shown?.others.map(({ edit }) => edit.line)];
	};

	test("the likeliest kind comes, from the cursor down and then from the top", () => {
		expect(lines(0)).toEqual([10, [30, 50]]);
		expect(lines(25)).toEqual([30, [10, 50]]);
		expect(lines(60)).toEqual([10, [30, 50]]);
	});

	test("the kind that is being worked on goes first, as long as there is one", () => {
		expect(lines(0, "b")).toEqual([20, []]);
		expect(lines(0, "gone")).toEqual([10, [30, 50]]);
	});

	test("nothing is shown of nothing", () => {
		expect(shownEdits([], 0, undefined)).toBeUndefined();
	});
});

test.each<[boolean, number, string[]]>([
	[true, 10, ["a"]],
	[true, 18, ["a", "b", "c"]],
	[false, 19, ["a", "b", "c"]],
	[false, 9, ["a"]],
	// Lines 21 to 29 are folded.
	[false, 25, ["a"]],
	[true, 31, []],
	[false, 30, []],
	[false, 9, []],
])("on the screen: %s, at line %i", (expected, line, old) => {
	const visible = [
		{ from: 10, to: 20 },
		{ from: 30, to: 40 },
	];
	expect(isOnScreen({ line, old, next: ["x"] }, visible)).toBe(expected);
});

test.each<[boolean, string, number, string, string[]]>([
	[true, "behind text, elsewhere", 3, "\tfoo", ["old"]],
	[false, "in front of text, elsewhere: Tab indents", 3, "\t", ["old"]],
	[false, "at the start of a line, elsewhere", 3, "", ["old"]],
	[true, "in front of text, on the line of the edit", 7, "\t", ["old"]],
	[true, "on its second line", 8, "", ["old", "old"]],
	[false, "on the line behind it", 8, "", ["old"]],
	[true, "where something is put in", 6, "", []],
])("Tab is about the edit: %s, %s", (expected, _where, line, textBefore, old) => {
	expect(takesTab({ line: 7, old, next: ["new"] }, { line, textBefore })).toBe(expected);
});

test.each<[ReturnType<typeof tabStep>, string, number, string[], number, boolean]>([
	["putIn", "all of it is on the screen", 12, ["a", "b"], 0, false],
	["goTo", "it is elsewhere", 30, ["a"], 12, false],
	["goTo", "a part of it is off the screen", 20, ["a", "b"], 20, false],
	["propose", "a part of it still is once the cursor was taken there", 20, ["a", "b"], 20, true],
	["goTo", "somebody has scrolled away since", 30, ["a"], 30, true],
])("Tab does %s where %s", (step, _where, line, old, cursorLine, hasGoneThere) => {
	const visible = [{ from: 10, to: 20 }];
	const cursor = { line: cursorLine, hasGoneThere };
	expect(tabStep({ line, old, next: ["x"] }, visible, cursor)).toBe(step);
});
