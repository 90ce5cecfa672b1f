import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { percentile, spreadOf } from "../../../src/cli/bench/percentile.ts";
import { parseTrace } from "../../../src/cli/bench/trace.ts";
import { offsetAt, parseLocation } from "../../../src/cli/location.ts";

const tracesFolder = new URL("../../../bench/traces/", import.meta.url);

describe("trace", () => {
	test("typing forward is told apart from jumps and deletions", () => {
		const lines = [
			`{"meta":{"file":"a.ts"}}`,
			`{"t_ms":0,"op":"insert","text":"x","line":1,"col":0}`,
			`{"t_ms":1,"op":"insert","text":"y","line":1,"col":1}`,
			`{"t_ms":2,"op":"delete","text":"y","line":1,"col":1}`,
			`{"t_ms":3,"op":"insert","text":"z","line":0,"col":0}`,
		];
		expect(parseTrace(lines.join("\n"), "ab\ncd").keystrokes).toEqual([
			{ text: "ab\nxcd", offset: 4, typedForward: false },
			{ text: "ab\nxycd", offset: 5, typedForward: true },
			{ text: "ab\nxcd", offset: 4, typedForward: false },
			{ text: "zab\nxcd", offset: 1, typedForward: false },
		]);
	});

	test("an edit that doesn't fit the text is refused with its line", () => {
		const trace = `{"meta":{"file":"a.ts"}}\n{"t_ms":0,"op":"delete","text":"q","line":0,"col":0}`;
		expect(() => parseTrace(trace, "ab")).toThrow("Line 2");
	});

	const names = readdirSync(tracesFolder).filter((name) => name.endsWith(".jsonl"));
	test.each(names)("%s replays", (name) => {
		const jsonLines = readFileSync(new URL(name, tracesFolder), "utf8");
		const before = readFileSync(new URL(name.replace(/jsonl$/, "before"), tracesFolder), "utf8");
		expect(parseTrace(jsonLines, before).keystrokes.length).toBe(
			jsonLines.trim().split("\n").length - 1,
		);
	});
});

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

test("percentiles use the nearest rank and a missing measurement is not zero", () => {
	expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
	expect(percentile([4, 1, 3, 2], 0.95)).toBe(4);
	expect(percentile([], 0.5)).toBeNaN();
	expect(spreadOf([1, 2])).toEqual({ p50: 1, p95: 2, count: 2 });
});
