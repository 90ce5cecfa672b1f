import { expect, test } from "vitest";
import { pictureOf } from "../../../../src/extension/nextEdit/editPicture.ts";

/** A picture as one text a line: `[gone]`, `{come}`. */
function drawn(
	line: number,
	old: readonly string[],
	next: readonly string[],
): readonly string[] | undefined {
	const lineCount = 20;
	const picture = pictureOf({ line, old, next }, lineCount);
	const texts = old.length === 0 ? [""] : old;
	const first = old.length === 0 ? Math.max(0, line - 1) : line;
	return (
		picture &&
		texts.map((text, i) => {
			const marks = [
				...picture.struck.flatMap((one) =>
					one.line === first + i
						? [
								{ at: one.start, sign: "[" },
								{ at: one.end, sign: "]" },
							]
						: [],
				),
				...picture.ghosts.flatMap((one) =>
					one.line === first + i && one.drawn !== ""
						? [
								{
									at: Math.min(one.column, text.length),
									sign: `{${one.drawn.replaceAll("\u00a0", " ")}}`,
								},
							]
						: [],
				),
			];
			let result = text;
			for (const { at, sign } of marks.toReversed()) {
				result = result.slice(0, at) + sign + result.slice(at);
			}
			return result;
		})
	);
}

test.each<[string, number, string[], string[], string[]]>([
	[
		"a name for a name",
		3,
		["\tcall(old, 1);"],
		["\tcall(fresh, 1);"],
		["\tcall([old]{fresh}, 1);"],
	],
	["what is put in", 3, ["f(a);"], ["f(a, b);"], ["f(a{, b});"]],
	["what is taken out", 3, ["f(a, b);"], ["f(a);"], ["f(a[, b]);"]],
	[
		"two lines, each by itself",
		3,
		["a = 1;", "b = 1;"],
		["a = 2;", "b = 2;"],
		["a = [1]{2};", "b = [1]{2};"],
	],
	["lines that stay stay", 3, ["a", "same", "b"], ["c", "same", "d"], ["[a]{c}", "same", "[b]{d}"]],
	["lines for a line", 3, ["\ta;"], ["\tb;", "\tc;"], ["\t[a;]{ b; ⏎ c;}"]],
	["a line for lines", 3, ["a;", "b;"], ["c;"], ["[a;]", "[b;]{ c;}"]],
	["lines that go", 3, ["a;", "", "b;"], [], ["[a;]", "", "[b;]{ ⌫}"]],
	["blanks that are put in", 3, ["if(a) {"], ["if (a) {"], ["if{·}(a) {"]],
	["a line that goes deeper", 3, ["\ta;"], ["\t\ta;"], ["[\t]{··}a;"]],
	["a line of blanks that comes", 3, [], ["  "], ["{ ⏎ ··}"]],
	["lines that come, behind the one above", 3, [], ["\tred,", "\tblue,"], ["{ ⏎ red, ⏎ blue,}"]],
	["in front of all", 0, [], ["import a;"], ["{import a; ⏎ }"]],
	[
		"a line that is too long to be compared",
		3,
		["x ".repeat(600)],
		["y"],
		[`[${"x ".repeat(600)}]{ y}`],
	],
])("%s", (_what, line, old, next, expected) => {
	expect(drawn(line, old, next)).toEqual(expected);
});

test.each<[string, string[], string[]]>([
	["long texts", ["a"], ["b".repeat(301)]],
	["many lines that come", ["a"], ["1", "2", "3", "4", "5", "6", "7"]],
	["many lines that go", Array.from({ length: 13 }, () => "a"), ["b"]],
	["signs that turn the text around", ["a"], ["b\u202Ec"]],
	["signs that nobody sees", ["a"], ["b\u0000"]],
	["a space without width", ["a"], ["b\u200Bc"]],
	["a soft hyphen", ["a"], ["b\u00ADc"]],
	["an operator that nobody sees", ["b\u2063c"], ["a"]],
	["a vowel separator", ["a"], ["b\u180Ec"]],
	["a tag", ["a"], ["b\u{E0041}c"]],
	["nothing to see", ["", ""], [""]],
	["line breaks that the editor doesn't count", ["a"], ["b\u2028c"]],
])("an edit with %s isn't shown, so it can't be accepted", (_what, old, next) => {
	expect(pictureOf({ line: 3, old, next }, 20)).toBeUndefined();
});

test.each<[string, string]>([
	["emoji of several parts", "// 👩‍👧"],
	["an emoji drawn in colour", "// ❤\uFE0F"],
	["a word with a joiner", "// می\u200Cخواهم"],
])("%s are", (_what, next) => {
	expect(pictureOf({ line: 3, old: ["// 👍"], next: [next] }, 20)).toBeDefined();
});
