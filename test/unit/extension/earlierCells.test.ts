import fc from "fast-check";
import { expect, test } from "vitest";
import { textOfEarlierCells } from "../../../src/extension/earlierCells.ts";

/** Cells as `language: text`; Python where no language is named. */
function cellsOf(...cells: readonly string[]) {
	return cells.map((cell) => {
		const [, languageId = "python", text = ""] = /^(?:(\w+): )?([^]*)$/.exec(cell) ?? [];
		return { languageId, getText: () => text };
	});
}

test.each<[string, readonly string[], string]>([
	["none before the first cell", ["x"], ""],
	["the earlier cells in order", ["import a", "b = 1\n\n", "b"], "import a\n\nb = 1\n\n"],
	["no empty cells", ["import a", " \n", "b"], "import a\n\n"],
	["no cells of another language", ["markdown: # Title", "import a", "b"], "import a\n\n"],
	["cells in Markdown for Markdown", ["markdown: # One", "import a", "markdown: T"], "# One\n\n"],
	[
		"no cells that a magic gives to another language",
		["%%bash\nrm x", "import a", "b"],
		"import a\n\n",
	],
	[
		"cells with a magic on a line",
		["%matplotlib inline\nimport a", "b"],
		"%matplotlib inline\nimport a\n\n",
	],
	["nothing for a cell of another language", ["import a", "%%html\n<b>"], ""],
	["line ends as they are", ["a\r\nb", "c"], "a\r\nb\n\n"],
])("what stands before a notebook's cell: %s", (_what, cells, expected) => {
	expect(textOfEarlierCells(cellsOf(...cells), cells.length - 1)).toBe(expected);
});

test("later cells don't count", () => {
	expect(textOfEarlierCells(cellsOf("a", "b", "c"), 1)).toBe("a\n\n");
});

test("of a long notebook the nearest whole lines stay", () => {
	const line = `${"x".repeat(99)}\n`;
	const text = textOfEarlierCells(cellsOf("far away", line.repeat(500), line.repeat(500), "b"), 3);
	expect(text.length).toBeLessThanOrEqual(65_536);
	expect(text.length).toBeGreaterThan(65_536 - 100);
	expect(text.startsWith("x".repeat(99))).toBe(true);
	expect(text).not.toContain("far away");
});

test("whatever the cells hold, it is bounded, and whole lines of theirs, nearest last", () => {
	const cell = fc.record({
		languageId: fc.constantFrom("python", "sql"),
		text: fc.oneof(
			fc.string({ maxLength: 40 }),
			fc.constantFrom("a\nb\n", "%%sql\nx", "y".repeat(40_000), "z\n".repeat(20_000)),
		),
	});
	fc.assert(
		fc.property(fc.array(cell, { maxLength: 6 }), fc.nat(6), (cells, index) => {
			const given = cells.map(({ languageId, text }) => ({ languageId, getText: () => text }));
			const text = textOfEarlierCells(given, index);
			expect(text.length).toBeLessThanOrEqual(65_536);
			expect(text === "" || text.endsWith("\n")).toBe(true);
			const whole = cells
				.slice(0, index)
				.filter(({ languageId }) => languageId === cells[index]?.languageId)
				.map((each) => `${each.text.trimEnd()}\n\n`)
				.filter((each) => each !== "\n\n" && !/^\s*%%/.test(each))
				.join("");
			expect(whole.endsWith(text)).toBe(true);
			const at = whole.length - text.length;
			expect(text === "" || at === 0 || whole.charAt(at - 1) === "\n").toBe(true);
		}),
	);
});
