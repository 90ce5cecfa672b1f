import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AnswerCleaner, cleanAnswer } from "../../../src/completion/cleaning/answerCleaner.ts";
import type { CompletionPlace } from "../../../src/completion/completionPlace.ts";
import { accepted } from "../../support/acceptedText.ts";
import { placeAt } from "../../support/placeAt.ts";

const tabs = "class A {\n\tb() {\n\t\tif (x) {\n\t\t\ty();\n\t\t}\n\t}\n";
const twos = "class A {\n  b() {\n    if (x) {\n      y();\n    }\n  }\n";
const fours = "class A {\n    b() {\n        if (x) {\n            y();\n        }\n    }\n";

describe("the file's indentation unit", () => {
	test.each([
		[
			"tabs for two spaces",
			`${tabs}\tc() {`,
			"\n    z {\n      w();\n    }\n  }",
			"\n\t\tz {\n\t\t\tw();\n\t\t}\n\t}",
		],
		[
			"tabs for four spaces",
			`${tabs}\tc() {`,
			"\n        z {\n            w();\n        }\n    }",
			"\n\t\tz {\n\t\t\tw();\n\t\t}\n\t}",
		],
		["tabs for one line of four spaces", `${tabs}\tc() {`, "\n        w();", "\n\t\tw();"],
		[
			"tabs after half a line",
			`${tabs}\tif (a`,
			" && b) {\n        w();\n    }",
			" && b) {\n\t\tw();\n\t}",
		],
		[
			"tabs, and the stars of a comment stay aligned",
			`${tabs}\t/**`,
			"\n     * Does.\n     */",
			"\n\t * Does.\n\t */",
		],
		["tabs that are right already", `${tabs}\tc() {`, "\n\t\tw();\n\t}", "\n\t\tw();\n\t}"],
		["two spaces for tabs", `${twos}  c() {`, "\n\t\tz();\n\t}", "\n    z();\n  }"],
		["four spaces for two", `${fours}    c() {`, "\n      z();\n    }", "\n        z();\n    }"],
		[
			"four spaces for two from the margin",
			`${fours}    c() {`,
			"\n    if (z) {\n      w();\n    }\n  }",
			"\n        if (z) {\n            w();\n        }\n    }",
		],
		["two spaces for four", `${twos}  c() {`, "\n      z();\n  }", "\n    z();\n  }"],
		["two spaces that are right already", `${twos}  c() {`, "\n    z();\n  }", "\n    z();\n  }"],
		["what is aligned stays aligned", `${fours}    c(a,`, "\n      b)", "\n      b)"],
		[
			"a continued line may be indented twice",
			`${fours}    c(`,
			"\n            b)",
			"\n            b)",
		],
		["nothing is known of a file without indentation", "a {", "\n\tb\n  c", "\n\tb\n  c"],
	])("%s", (_, before, text, expected) => {
		expect(cleanAnswer(text, placeAt(`${before}║\n`))).toBe(expected);
	});
});

test.each([
	["const s = 'a\u00a0b';\nf() {\n  a();\n  ║\n}\n", "b();\n\u00a0\u00a0c();", "b();\n  c();"],
	["if (x) {║\n", "\n\u3000\u3000a();", "\n  a();"],
	["const s = ║\n", "1\u2003+ 2;", "1 + 2;"],
	["const s = '║'\n", "\u{1f3f4}\u{e0067}\u{e007f}'", "\u{1f3f4}\u{e0067}\u{e007f}'"],
	["const s = '║'\n", "a\u{e0067}\u{e007f}'", "a'"],
])(
	"spaces that look like others indent nothing, and flags stay whole: %j, %j",
	(fixture, text, expected) => {
		expect(cleanAnswer(text, placeAt(fixture))).toBe(expected);
	},
);

describe("control tokens that a server spells out", () => {
	test.each([
		["const a = ║\n", "1;<|fim_middle|>", "const a = 1;\n"],
		["const a = ║\n", "1;\n<|endoftext|>b();", "const a = 1;\n"],
		["const a = ║\n", "1; <EOT>", "const a = 1;\n"],
		["const a = ║\n", "1;\n[/INST] Sure", "const a = 1;\n"],
		["const a = ║\n", "1;<｜end▁of▁sentence｜>", "const a = 1;\n"],
		["const a = ║\n", "<|im_end|>", undefined],
		["const a = ║\n", "b[INST];", "const a = b[INST];\n"],
		["const a = ║\n", "f<EOT>();", "const a = f<EOT>();\n"],
		["const b = '<|a|>';\nconst a = ║\n", "'<|b|>';", "const b = '<|a|>';\nconst a = '<|b|>';\n"],
	])("at %j: %j", (fixture, text, expected) => {
		expect(accepted("typescript", fixture, text)).toBe(expected);
	});
});

describe("what is in front of the cursor isn't written again", () => {
	test.each([
		["def f():\n    ║\n", "    return 1", "return 1"],
		["func f() {\n\t║\n", "\treturn 1", "return 1"],
		["func f() {\n\t║\n", "    return 1", "return 1"],
		["def f():\n    x = 1\n    ║\n", "        y = 2", "y = 2"],
		["def f():\n    if x:\n        y\n  ║\n", "      z = 2", "      z = 2"],
		["const total = ║\n", "const total = 1;", "1;"],
		["  this.║\n", "this.foo();", "foo();"],
		["datetime.║\n", "datetime.now()", "datetime.now()"],
		["\treturn this.║\n", "return this.a;", "a;"],
		["return a + ║\n", "return a + b;", "b;"],
		["0, ║\n", "0, 1", "0, 1"],
		["if (a && ║) {\n", "if (a && b", "b"],
		["#include <║>\n", "#include <vector>", "vector>"],
		["template <║>\n", "template <typename T>", "typename T>"],
		["#[derive(║)]\n", "#[derive(Debug)]", "Debug)]"],
		["@Component({║})\n", "@Component({ a: 1", " a: 1"],
		["<div║\n", '<div class="a">', ' class="a">'],
		["<div>║</div>\n", "<div>a</div>", "<div>a</div>"],
		["  ...║\n", "...a,", "a,"],
		["- [ ] ║\n", "- [ ] Test it", "Test it"],
		["| a | ║\n", "| a | b |", "b |"],
		["const total =║\n", "const total = 1;", " 1;"],
		["\tconst total = ║\n", "\tconst total = 1;", "1;"],
		["const total = ║\n", "const total = const total = 1;", "1;"],
		["return ║\n", "return x;", "x;"],
		["return ║\n", " x;", "x;"],
		["return ║\n", "returned;", "returned;"],
		["// ║\n", "// Adds.", "Adds."],
		["/**\n * ║\n */\n", "  await f();", "  await f();"],
		["\t/**\n\t║\n", " * Adds.", " * Adds."],
		["f() {\n\t\treturn a\n\t\t║\n", "\t? b : c;", "\t? b : c;"],
		["a = 1 ║\n", "  # one", "  # one"],
		["- ║\n", "- item", "item"],
		["if (║) {\n", "if (a) {", "a) {"],
		["max(║)\n", "max(a, b), c)", "max(a, b), c)"],
		["[0, ║]\n", "[0, 1]", "[0, 1]"],
		["  0, ║\n", "0, 0, 1", "0, 0, 1"],
		["a || ║\n", "a || b", "a || b"],
		["function total(a) {\n  ║\n}\n", "function total(a) {\n  return a;\n}", "return a;\n}"],
	])("%j and %j", (fixture, text, expected) => {
		expect(cleanAnswer(text, placeAt(fixture))).toBe(expected);
	});
});

describe("fences", () => {
	test.each([
		["f() {\n  ║\n}\n", "```ts\nreturn 1;\n```", "return 1;"],
		["f() {\n  ║\n}\n", "\n```ts\n  return 1;\n```\nThis returns 1.", "return 1;"],
		["f() {║\n}\n", "\n```ts\n  return 1;\n```", "\n  return 1;"],
		["f() {\n  ║\n}\n", "```\nif (a) {\n  b();\n}\n```", "if (a) {\n    b();\n  }"],
		["f() {\n  ║\n}\n", "~~~js\nreturn 1;\n~~~", "return 1;"],
		["f() {\n  ║\n}\n", "```return 1;```", "return 1;"],
		["f() {\n  ║\n}\n", "return 1;\n```\n\nThis returns 1.", "return 1;"],
		["f() {\n  ║\n}\n", "Here it is:\n```ts\nreturn 1;\n```", ""],
		["const a = ║\n", "```ts\nconst a = 1;\n```", "1;"],
		["const a = ║\n", "`x${b}`;", "`x${b}`;"],
		["const a = ║\n", "``", "``"],
		["/// ║\n", "```", "```"],
		['def f():\n    """\n    Example:\n    ║\n', "```python\nf()\n```", "```python\nf()\n```"],
	])("%j and %j", (fixture, text, expected) => {
		expect(cleanAnswer(text, placeAt(fixture))).toBe(expected);
	});

	test("are part of Markdown", () => {
		expect(accepted("markdown", "Text\n\n║\n", "```ts\na();\n```")).toBe(
			"Text\n\n```ts\na();\n```\n",
		);
	});
});

describe("characters that nobody types", () => {
	test.each([
		["\u0007a\u0000b", "ab"],
		["\u001b[31mred\u001b[0m", "red"],
		["'\u202ea\u2069'", "'a'"],
		["\ufeffa\u200b\u2060b", "ab"],
		["a\u2028b\u0085c", "abc"],
		["a\r", "a"],
		["a\u00a0+\u202fb", "a + b"],
		["a\u200db\u3164", "ab"],
		["a\t👩‍👧 é نمی‌خواهم", "a\t👩‍👧 é نمی‌خواهم"],
		["a();\nb('gr\ufffdn');\nc();", "a();"],
		["'gr\ufffdn'", ""],
		["a\ud83d", ""],
	])("%j", (text, expected) => {
		expect(cleanAnswer(text, placeAt("x = ║\n"))).toBe(expected);
	});
});

const fixtures = [
	`${tabs}\tc() {║\n}\n`,
	`${twos}  c() {║\n}\n`,
	`${fours}    ║\n}\n`,
	"const total = ║\n",
	"def f():\n    ║\n",
	"- ║\n",
	"║",
].map((fixture) => placeAt(fixture));

const answer = fc
	.array(
		fc.constantFrom(
			"\n",
			"\n",
			"\n  ",
			"\n    ",
			"\n\t",
			"\n      ",
			"    ",
			"\t",
			" ",
			"```",
			"```ts",
			"~~~",
			"`",
			"const total = ",
			"const",
			"- ",
			"return 1;",
			"if (a) {",
			"}",
			"a",
			"é",
			"🙂",
			"\u001b[31m",
			"\u001b",
			"[",
			"\u202e",
			"\ufffd",
			"class A {",
			"y();",
		),
		{ maxLength: 14 },
	)
	.map((parts) => parts.join(""));

/** What a cleaner returned after each piece. */
function growth(
	pieces: readonly string[],
	place: CompletionPlace,
): { readonly texts: readonly string[]; readonly isOver: boolean } {
	const cleaner = new AnswerCleaner(place);
	const texts = pieces.map((piece) => {
		cleaner.push(piece);
		return cleaner.text;
	});
	cleaner.end();
	return { texts: [...texts, cleaner.text], isOver: cleaner.isOver };
}

describe("for any answer, at any place", () => {
	test("a block in any unit is cleaned once and for all", () => {
		fc.assert(
			fc.property(
				fc.constantFrom("\t", "  ", "    "),
				fc.array(fc.constantFrom("a();", "b {", "é('🙂');", "x\u200by();"), {
					minLength: 1,
					maxLength: 5,
				}),
				fc.constantFrom(["", ""], ["\n```ts", "\n```"], ["", "\n```\nDone."]),
				fc.constantFrom(tabs, twos, fours),
				(unit, lines, [open, close], file) => {
					const place = placeAt(
						`${file}${file === tabs ? "\t" : file === twos ? "  " : "    "}c() {║\n}\n`,
					);
					const text = `${open}${lines.map((line) => `\n${unit.repeat(2)}${line}`).join("")}\n${unit}}${close}`;
					const clean = cleanAnswer(text, place);
					const own = file === tabs ? "\t" : file === twos ? "  " : "    ";
					const expected = `${lines.map((line) => `\n${own.repeat(2)}${line}`).join("")}\n${own}}`;
					expect(clean).toBe(expected.replaceAll("\u200b", ""));
					expect(cleanAnswer(clean, place)).toBe(clean);
				},
			),
			{ numRuns: 500 },
		);
	});

	test("the pieces that it comes in don't matter, and nothing is taken back", () => {
		fc.assert(
			fc.property(
				answer,
				fc.constantFrom(...fixtures),
				fc.infiniteStream(fc.nat(3)),
				(text, place, cuts) => {
					const pieces: string[] = [];
					for (const char of text) {
						const isNew = pieces.length === 0 || cuts.next().value === 0;
						pieces.push((isNew ? "" : (pieces.pop() ?? "")) + char);
					}
					const { texts, isOver } = growth(pieces, place);
					expect(texts.at(-1)).toBe(cleanAnswer(text, place));
					for (const [index, before] of texts.entries()) {
						const after = texts[index + 1] ?? before;
						expect(after.startsWith(before) || (isOver && before.startsWith(after))).toBe(true);
					}
				},
			),
			{ numRuns: 2000 },
		);
	});
});
