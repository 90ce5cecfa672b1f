import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseTrace } from "../../../../src/cli/bench/trace.ts";

const tracesFolder = new URL("../../../../bench/traces/", import.meta.url);

describe("trace", () => {
	test("typing forward is told apart from jumps and deletions, and the time to the next edit is known", () => {
		const lines = [
			`{"meta":{"file":"a.ts"}}`,
			`{"t_ms":0,"op":"insert","text":"x","line":1,"col":0}`,
			`{"t_ms":5,"op":"insert","text":"y","line":1,"col":1}`,
			`{"t_ms":5,"op":"delete","text":"y","line":1,"col":1}`,
			`{"t_ms":100,"op":"insert","text":"z","line":0,"col":0}`,
		];
		expect(parseTrace(lines.join("\n"), "ab\ncd").keystrokes).toEqual([
			{ text: "ab\nxcd", offset: 4, typedForward: false, pauseMs: 5 },
			{ text: "ab\nxycd", offset: 5, typedForward: true, pauseMs: 0 },
			{ text: "ab\nxcd", offset: 4, typedForward: false, pauseMs: 95 },
			{ text: "zab\nxcd", offset: 1, typedForward: false, pauseMs: 0 },
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
