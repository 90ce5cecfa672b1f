import { describe, expect, test } from "vitest";
import { leavingNames } from "../../../src/nextEdit/leavingNames.ts";
import { applyLineEdit } from "../../../src/nextEdit/lineEdit.ts";
import { findInOtherFile, type NameUse } from "../../../src/nextEdit/otherFile.ts";
import { editedFixture } from "../../support/editedFixture.ts";

/** Marks a use of the name behind it. */
const mark = "§";

/** The other file after all of its edits; its uses are marked. `shown` are those that are likely enough for a list. */
function followed(
	edited: string,
	other: string,
	{ languageId = "typescript", least = 0.5 } = {},
): readonly string[] {
	const { document } = editedFixture(edited, languageId);
	const uses: NameUse[] = [];
	const lines = other
		.replaceAll(/^\n|\n$/g, "")
		.split("\n")
		.map((marked, line) => {
			let text = marked;
			for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark)) {
				text = text.slice(0, at) + text.slice(at + 1);
				const [name = ""] = /^\w+/.exec(text.slice(at)) ?? [];
				uses.push({ name, line, column: at });
			}
			return text;
		});
	return findInOtherFile(document, leavingNames(document), { lines, uses })
		.filter(({ probability }) => probability >= least)
		.map(({ edit }) => edit)
		.toSorted((a, b) => b.line - a.line)
		.reduce<readonly string[]>(applyLineEdit, lines);
}

const renamed = `
-export function totalPrice(items: readonly Item[]): number {
+export function sumOfPrices(items: readonly Item[]): number {
 	return 0;
 }
`;

describe("in another file", () => {
	test("a new name is followed where a use says so, and nowhere else", () => {
		expect(
			followed(
				renamed,
				`
import { §totalPrice } from "./prices.ts";

// totalPrice is asked twice.
console.log("totalPrice", §totalPrice(items));
other.totalPrice();
const totalPriceOf = 1;
`,
			),
		).toEqual([
			'import { sumOfPrices } from "./prices.ts";',
			"",
			"// totalPrice is asked twice.",
			'console.log("totalPrice", sumOfPrices(items));',
			"other.totalPrice();",
			"const totalPriceOf = 1;",
		]);
	});

	test("columns count as editors do, behind signs beyond the first plane", () => {
		expect(followed(renamed, 'log("😀 totalPrice", §totalPrice(a), "😁");')).toEqual([
			'log("😀 totalPrice", sumOfPrices(a), "😁");',
		]);
	});

	test("a parameter that was added is passed on, and imports stay", () => {
		expect(
			followed(
				`
-export function draw(shape: Shape): void {
+export function draw(shape: Shape, theme: Theme): void {
 	canvas.stroke(shape.path);
 }
-	draw(square);
+	draw(square, theme);
`,
				`
import { §draw } from "./canvas.ts";
export function frame(shape: Shape, theme: Theme): void {
	§draw(shape);
	pen.draw(shape);
}
`,
			),
		).toEqual([
			'import { draw } from "./canvas.ts";',
			"export function frame(shape: Shape, theme: Theme): void {",
			"	draw(shape, theme);",
			"	pen.draw(shape);",
			"}",
		]);
	});

	test("a name that the file has for something of its own is left alone", () => {
		for (const own of [
			"function totalPrice() {}",
			"\tconst totalPrice = 1;",
			"function f(totalPrice) {",
		]) {
			const other = `${own}\nuse(§totalPrice);`;
			expect(followed(renamed, other)).toEqual(other.replace(mark, "").split("\n"));
		}
	});

	test.each<[string, string]>([
		["lines that were put in", "+log(one);\n log(two);\n+log(three);\n"],
		["an operator", "-a = b + c\n+a = b - c\n"],
		["a word of the language", "-let a = null;\n+let a = undefined;\n"],
	])("%s lead to no name", (_what, edited) => {
		expect(leavingNames(editedFixture(edited, "typescript").document)).toEqual([]);
	});

	test("names say where they were changed, and whether several edits agree", () => {
		const { document } = editedFixture(
			"-createClient();\n+openClient();\n log();\n-return createClient();\n+return openClient();\n",
			"typescript",
		);
		expect(leavingNames(document)).toMatchObject([
			{ name: "createClient", next: "openClient", lines: [0, 2], support: 2, isRepeated: true },
		]);
		const { document: half } = editedFixture(`${renamed} use(totalPrice);`, "typescript");
		expect(leavingNames(half)).toMatchObject([{ name: "totalPrice", isRepeated: false }]);
	});
});
