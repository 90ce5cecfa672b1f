import { describe, expect, test } from "vitest";
import {
	EditHistory,
	maxEditLines,
	maxRememberedEdits,
	pauseMs,
	type TextChange,
} from "../../../src/nextEdit/editHistory.ts";
import { linesBefore } from "../../support/linesBefore.ts";

/** Replaces [start, end) of one line. */
function typed(line: number, start: number, end: number, text: string): TextChange {
	return { startLine: line, startColumn: start, endLine: line, endColumn: end, text };
}

describe("the edits of a document", () => {
	test("are one while they touch each other, however many changes they take", () => {
		const history = new EditHistory("let a;\nlet b;\nlet c;");
		["x", "y", "z"].forEach((letter, i) =>
			history.change([typed(1, 5 + i, 5 + i, letter)], i * 100),
		);
		expect(history.edits).toEqual([{ line: 1, old: ["let b;"], next: ["let bxyz;"] }]);
	});

	test("are separate after a jump, in the order of time, with the places where they stand now", () => {
		const history = new EditHistory("a\nb\nc\nd\ne");
		history.change([typed(4, 0, 1, "E")], 0);
		history.change([typed(0, 0, 1, "A1\nA2")], 10);
		expect(history.edits).toEqual([
			{ line: 5, old: ["e"], next: ["E"] },
			{ line: 0, old: ["a"], next: ["A1", "A2"] },
		]);
	});

	test("on neighbouring lines are separate only after a pause", () => {
		for (const [waitMs, edits] of [
			[pauseMs, 1],
			[pauseMs + 1, 2],
		] as const) {
			const history = new EditHistory("a\nb\nc");
			history.change([typed(0, 0, 1, "A")], 0);
			history.change([typed(1, 0, 1, "B")], waitMs);
			expect(history.edits).toHaveLength(edits);
		}
	});

	test("become the newest when they are touched again", () => {
		const history = new EditHistory("a\nb\nc\nd");
		history.change([typed(0, 0, 1, "A")], 0);
		history.change([typed(3, 0, 1, "D")], 10);
		history.change([typed(0, 1, 1, "!")], 99_999);
		expect(history.edits.map(({ line }) => line)).toEqual([3, 0]);
		expect(history.edits.at(-1)).toEqual({ line: 0, old: ["a"], next: ["A!"] });
	});

	test("are none when the old text is typed again", () => {
		const history = new EditHistory("a\nb");
		history.change([typed(1, 0, 1, "x")], 0);
		history.change([typed(1, 0, 1, "b")], 10);
		expect(history.edits).toEqual([]);
	});

	test("are the same whatever breaks the lines", () => {
		for (const lineBreak of ["\n", "\r\n", "\r"]) {
			const history = new EditHistory(["a", "b", "c"].join(lineBreak));
			history.change([typed(1, 1, 1, `1${lineBreak}2`)], 0);
			expect(history.edits).toEqual([{ line: 1, old: ["b"], next: ["b1", "2"] }]);
			expect(history.lines).toEqual(["a", "b1", "2", "c"]);
		}
	});

	test("keep surrogates whole, and halves of them as they come", () => {
		const history = new EditHistory("a😀b");
		history.change([typed(0, 1, 3, "🎈🎈")], 0);
		expect(history.lines).toEqual(["a🎈🎈b"]);
		history.change([typed(0, 2, 3, "")], 10);
		expect(history.lines).toEqual(["a\ud83c🎈b"]);
		expect(history.edits[0]?.old).toEqual(["a😀b"]);
	});

	test("of several places come from one event", () => {
		const history = new EditHistory("name\nother\nname\nother\nname");
		history.change(
			[0, 2, 4].map((line) => typed(line, 0, 4, "title")),
			0,
		);
		expect(history.edits).toHaveLength(3);
		expect(linesBefore(history)).toEqual(["name", "other", "name", "other", "name"]);
	});

	test("beyond the document are made at its end", () => {
		const history = new EditHistory("a");
		history.change([{ startLine: 9, startColumn: 9, endLine: 12, endColumn: 0, text: "\nb" }], 0);
		expect(history.lines).toEqual(["a", "b"]);
	});
});

describe("an undo", () => {
	test("of several changes at once leads back to what was remembered before them", () => {
		const history = new EditHistory("a\nb\nc\nd\ne");
		history.change([typed(0, 0, 1, "A")], 0);
		const before = history.edits;
		["x", "y", "z"].forEach((letter, i) =>
			history.change([typed(3, 1 + i, 1 + i, letter)], 5000 + i),
		);
		history.change([typed(3, 1, 4, "")], 9000, true);
		expect(history.edits).toEqual(before);
	});

	test("separates again what a change across two edits had joined", () => {
		const history = new EditHistory("a\nb\nc\nd\ne");
		history.change([typed(0, 0, 1, "A")], 0);
		history.change([typed(4, 0, 1, "E")], 5000);
		const before = history.edits;
		const all = { startLine: 0, startColumn: 0, endLine: 4, endColumn: 1 };
		history.change([{ ...all, text: "x" }], 9000);
		expect(history.edits).toHaveLength(1);
		const back = { startLine: 0, startColumn: 0, endLine: 0, endColumn: 1 };
		history.change([{ ...back, text: "A\nb\nc\nd\nE" }], 9100, true);
		expect(history.edits).toEqual(before);
	});

	test("of something older than what is remembered is a change like any other", () => {
		const history = new EditHistory("a\nb");
		history.change([typed(0, 0, 1, "z")], 0, true);
		expect(history.edits).toEqual([{ line: 0, old: ["a"], next: ["z"] }]);
	});
});

describe("what is remembered is bounded", () => {
	test("by the newest edits", () => {
		const lines = Array.from({ length: 20_001 }, (_, i) => `line ${i}`);
		const history = new EditHistory(lines.join("\n"));
		for (let i = 0; i < 10_000; i++) {
			history.change([typed(2 * i, 0, 4, "row")], i * 10_000);
		}
		expect(history.edits).toHaveLength(maxRememberedEdits);
		expect(history.edits.at(-1)).toEqual({
			...{ line: 19_998, old: ["line 19998"], next: ["row 19998"] },
		});
	});

	test("and leaves out what was pasted or made by a tool, with the edits that went into it", () => {
		const history = new EditHistory("a\nb\nc\nd\ne");
		history.change([typed(0, 0, 1, "A")], 0);
		history.change([typed(2, 0, 1, "C")], 10);
		const megabytes = "0123456789abcdef\n".repeat(330_000);
		history.change([typed(2, 1, 1, megabytes)], 20);
		expect(history.edits).toEqual([{ line: 0, old: ["a"], next: ["A"] }]);
		expect(history.lines).toHaveLength(330_005);
		history.change([typed(330_004, 0, 1, "E")], 30);
		expect(history.edits.at(-1)).toEqual({ line: 330_004, old: ["e"], next: ["E"] });
	});

	test("in lines", () => {
		const history = new EditHistory("a");
		history.change([typed(0, 1, 1, "\nx".repeat(maxEditLines + 1))], 0);
		expect(history.edits).toEqual([]);
	});
});
