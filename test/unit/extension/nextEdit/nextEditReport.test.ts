import { expect, test } from "vitest";
import type { JudgedEdit } from "../../../../src/extension/nextEdit/chosenEdits.ts";
import { nextEditReport } from "../../../../src/extension/nextEdit/nextEditReport.ts";

function one(
	line: number,
	verdict: JudgedEdit["verdict"],
	kind = "a",
	probability = 0.87,
): JudgedEdit {
	return {
		found: {
			edit: { line, old: ["secret words"], next: ["other words"] },
			...{ probability, proposers: ["replacement", "shape"], support: 2, kind },
			reasons: [
				{ name: "isWhole", weight: 2.757 },
				{ name: "passed", weight: -0.563 },
			],
		},
		verdict,
	};
}

test("a search is explained edit by edit, without a word of the document", () => {
	const judged = [
		one(3, "shown"),
		one(8, "shown", "b"),
		one(9, "unlikely", "c", 0.4),
		one(11, "dismissed"),
		one(12, "unshowable"),
	];
	const [first] = judged;
	const current = first?.found;
	const report = nextEditReport({
		quiet: undefined,
		lastSearch: { made: 2, judged },
		shown: current && { current, others: [] },
	});
	expect(report.join("\n")).not.toMatch(/words/);
	expect(report).toMatchInlineSnapshot(`
		[
		  "The last search went by 2 edits and found 5 likely ones.",
		  "Line 4, 87 %: replacement, shape, after 2 such edits (isWhole +2.8, passed -0.6). Shown, or a part of “and more”.",
		  "Line 9, 87 %: replacement, shape, after 2 such edits (isWhole +2.8, passed -0.6). Waits for those of another kind.",
		  "Line 10, 40 %: replacement, shape, after 2 such edits (isWhole +2.8, passed -0.6). Not shown: less likely than 50 %.",
		  "Line 12, 87 %: replacement, shape, after 2 such edits (isWhole +2.8, passed -0.6). Not shown: it was dismissed or undone, and no more edits speak for it since.",
		  "Line 13, 87 %: replacement, shape, after 2 such edits (isWhole +2.8, passed -0.6). Not shown: too long to be shown beside the code, or with signs that can't be seen.",
		]
	`);
});

test("a silence has its reason", () => {
	const report = (facts: Partial<Parameters<typeof nextEditReport>[0]>) =>
		nextEditReport({ quiet: undefined, lastSearch: undefined, shown: undefined, ...facts });
	expect(report({ quiet: "off" })).toEqual(["Next edits are off (mote.nextEdit.enable)."]);
	expect(report({})).toEqual(["Nothing was looked for yet: edit a file, then rest for a moment."]);
	expect(report({ lastSearch: { made: 0, judged: [] } })[0]).toMatch(/^No edits made in this file/);
	expect(report({ lastSearch: { made: 1, judged: [] } })).toEqual([
		"The last search went by 1 edit and found 0 likely ones.",
	]);
});

test("a long list is cut", () => {
	const judged = Array.from({ length: 50 }, (_, i) => one(i, "shown"));
	const report = nextEditReport({
		...{ quiet: undefined, lastSearch: { made: 1, judged }, shown: undefined },
	});
	expect(report).toHaveLength(22);
	expect(report.at(-1)).toBe("30 more.");
});
