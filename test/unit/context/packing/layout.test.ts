import { describe, expect, test } from "vitest";
import { layOut } from "../../../../src/context/packing/layout.ts";
import type { Unit } from "../../../../src/context/packing/unit.ts";

function unit(values: Partial<Unit> & Pick<Unit, "startLine" | "text">): Unit {
	return {
		path: "a.ts",
		kind: "signature",
		reason: "definition",
		endLine: values.startLine + values.text.split("\n").length - 1,
		mentions: [],
		defines: [],
		header: undefined,
		worth: 0,
		...values,
	};
}

function check(units: readonly Unit[]): readonly { text: string; ranges: unknown }[] {
	return layOut(
		units.map((each) => ({ unit: each, gain: 1 })),
		(_path, text) => text.length,
	).map(({ text, ranges }) => ({ text, ranges }));
}

describe("layOut", () => {
	test("puts the units of a file in the order of their lines", () => {
		expect(
			check([unit({ startLine: 9, text: "later" }), unit({ startLine: 2, text: "first" })]),
		).toEqual([
			{
				text: "first\nlater",
				ranges: [
					{ startLine: 2, endLine: 2 },
					{ startLine: 9, endLine: 9 },
				],
			},
		]);
	});

	test("shows the class of several members once", () => {
		const header = { line: 1, text: "class A" };
		const members = [
			unit({ startLine: 5, text: "\tb()", header }),
			unit({ startLine: 3, text: "\ta()", header }),
		];
		expect(check(members)[0]?.text).toBe("class A\n\ta()\n\tb()");
	});

	test("shows a line that two units have once", () => {
		const running = unit({ kind: "lines", startLine: 0, text: "l0\nl1\nl2\nl3\nl4" });
		const inside = unit({ startLine: 2, text: "l2" });
		const across = unit({ startLine: 4, text: "l4\nl5" });
		expect(check([across, inside, running])).toEqual([
			{ text: "l0\nl1\nl2\nl3\nl4\nl5", ranges: [{ startLine: 0, endLine: 5 }] },
		]);
	});

	test("marks where running text was left out", () => {
		const blocks = [0, 10].map((startLine) =>
			unit({ kind: "lines", startLine, text: `l${startLine}` }),
		);
		expect(check(blocks)[0]?.text).toBe("l0\n…\nl10");
	});
});
