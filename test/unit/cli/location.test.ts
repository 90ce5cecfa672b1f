import { describe, expect, test } from "vitest";
import { offsetAt, parseLines, parseLocation } from "../../../src/cli/location.ts";

describe("location", () => {
	test("file, line and column are told apart from the right", () => {
		expect(parseLocation("C:\\a.ts:12:5")).toEqual({ file: "C:\\a.ts", line: 12, column: 5 });
		expect(() => parseLocation("a.ts:0:1")).toThrow("<file>:<line>:<column>");
		expect(() => parseLocation("a.ts")).toThrow("<file>:<line>:<column>");
	});

	test("a column past the line end means the line end, before a CR", () => {
		expect(offsetAt("ab\r\ncd", 0, 9)).toBe(2);
		expect(offsetAt("ab\r\ncd", 1, 1)).toBe(5);
		expect(offsetAt("ab\r\ncd", 2, 0)).toBeUndefined();
	});
});

test.each([
	["src/a.ts:3", { file: "src/a.ts", startLine: 2, endLine: 2 }],
	["a:b.ts:3-14", { file: "a:b.ts", startLine: 2, endLine: 13 }],
])("%s names lines", (text, lines) => {
	expect(parseLines(text)).toEqual(lines);
});

test.each(["a.ts", "a.ts:0", "a.ts:9-3", ":3", "a.ts:3-"])(
	"%j names no lines, and that is said",
	(text) => {
		expect(() => parseLines(text)).toThrow(/names no lines of a file/);
	},
);
