import { describe, expect, test } from "vitest";
import {
	applyHunks,
	editOfHunk,
	hunksBetween,
	rebaseHunk,
} from "../../../../src/chat/edits/hunks.ts";

describe("hunks", () => {
	test("hold what differs, one for each place", () => {
		expect(hunksBetween("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\nf\n")).toEqual([
			{ start: 1, end: 2, lines: ["B"] },
			{ start: 5, end: 5, lines: ["f"] },
		]);
	});

	test("with a single unchanged line between them are one", () => {
		expect(hunksBetween("a\nb\nc\n", "A\nb\nC\n")).toEqual([
			{ start: 0, end: 3, lines: ["A", "b", "C"] },
		]);
	});

	test("are none for equal texts", () => {
		expect(hunksBetween("a\n", "a\n")).toEqual([]);
	});

	test("say whether the last line has a line break", () => {
		const hunks = hunksBetween("a\nb", "a\nb\n");
		expect(applyHunks("a\nb", hunks)).toBe("a\nb\n");
	});

	test("of huge texts that have nothing in common come in bounded time, as one", () => {
		const oldText = Array.from({ length: 50_000 }, (_, line) => `old ${line}`).join("\n");
		const newText = Array.from({ length: 50_000 }, (_, line) => `new ${line}`).join("\n");
		const hunks = hunksBetween(oldText, newText);
		expect(hunks).toHaveLength(1);
		expect(applyHunks(oldText, hunks)).toBe(newText);
	});

	test("move along with lines that are written elsewhere", () => {
		const hunk = { start: 4, end: 5, lines: ["E"] };
		const changes = hunksBetween("a\nb\nc\nd\ne\nf\n", "new\na\nb\nc\nd\ne\nf\n");
		expect(rebaseHunk(hunk, changes)).toEqual({ start: 5, end: 6, lines: ["E"] });
	});

	test.each([
		["itself", "a\nb\nc\nd\nX\nf\n"],
		["the line before", "a\nb\nc\nX\ne\nf\n"],
		["the line after", "a\nb\nc\nd\ne\nX\n"],
	])("have no place any more when %s has changed", (_, text) => {
		const changes = hunksBetween("a\nb\nc\nd\ne\nf\n", text, { mergedGap: 0 });
		expect(rebaseHunk({ start: 4, end: 5, lines: ["E"] }, changes)).toBeUndefined();
	});

	test("at the end of a document take the line break before them along", () => {
		expect(editOfHunk({ start: 1, end: 2, lines: [] }, ["a", "b"])).toEqual({
			startLine: 0,
			startColumn: 1,
			endLine: 1,
			endColumn: 1,
			text: "",
		});
	});
});
