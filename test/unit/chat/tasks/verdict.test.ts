import { expect, test } from "vitest";
import { isGone, type Reported } from "../../../../src/chat/tasks/verdict.ts";

const problem = { message: "Cannot find name 'totl'.", code: "2304" };
const changed = [{ start: 3, end: 3 }];

const report = (line: number, message = problem.message, isError = true): Reported => ({
	message,
	code: "2304",
	isError,
	startLine: line,
	endLine: line,
});

test.each([
	["it isn't reported any more", [report(3)], [], true],
	["it still is", [report(3)], [report(3)], false],
	["the same mistake elsewhere stays", [report(3), report(9)], [report(9)], true],
	["another error takes its place", [report(3)], [report(3, "Cannot find name 'tot'.")], false],
	["an error elsewhere is none of its making", [report(3)], [report(8, "Unused.")], true],
	["a warning takes its place", [report(3)], [report(3, "Unused.", false)], true],
	[
		"an error that was there stays there",
		[report(3), report(3, "Old.")],
		[report(3, "Old.")],
		true,
	],
])("a problem is gone or not: %s", (_what, before, after, expected) => {
	expect(isGone(problem, before, after, changed)).toBe(expected);
});
