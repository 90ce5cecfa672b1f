import { describe, expect, test } from "vitest";
import { offsetAt, parseLocation } from "../../../src/cli/location.ts";

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
