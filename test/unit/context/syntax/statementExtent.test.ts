import { afterAll, describe, expect, test } from "vitest";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { cursorFile } from "../../../support/fixture.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);
afterAll(() => syntax.dispose());

/** `expected` is the part of the inserted text that is kept, or "open" as an object. */
async function check(
	languageId: string,
	fixture: string,
	expected: string | { readonly kind: "open" | "unknown" },
): Promise<void> {
	const { text, offset, inserted } = cursorFile(fixture);
	const query = { languageId, text, offset, candidate: inserted };
	const extent = await syntax.extentOf(query, new AbortController().signal);
	expect(extent.kind === "complete" ? inserted.slice(0, extent.length) : extent).toEqual(expected);
}

const open = { kind: "open" } as const;

describe("TypeScript", () => {
	test("a statement that ends with a semicolon is complete at its line end", () =>
		check("typescript", "function f() {\n\tg();\n\t├const a = 1;\n┤\n}\n", "const a = 1;"));

	test("the second statement is cut off", () =>
		check(
			"typescript",
			"function f() {\n\tg();\n\t├const a = 1;\n\treturn a;┤\n}\n",
			"const a = 1;",
		));

	test("a statement without its line end is open", () =>
		check("typescript", "function f() {\n\tg();\n\t├const a = 1;┤\n}\n", open));

	test("a line without a semicolon waits for the next one", () =>
		check("typescript", "function f() {\n\tg();\n\t├const a = list\n┤\n}\n", open));

	test("a chain of calls is one statement", () =>
		check(
			"typescript",
			"function f() {\n\tg();\n\t├const a = list\n\t\t.map(b)\n\t\t.filter(c);\n\treturn┤\n}\n",
			"const a = list\n\t\t.map(b)\n\t\t.filter(c);",
		));

	test("a chain at the same indentation is one statement", () =>
		check("typescript", "├const a = list\n.map(b);\nreturn┤\n", "const a = list\n.map(b);"));

	test("statements without semicolons end where the next begins", () =>
		check("typescript", "├foo()\nbar()┤\n", "foo()"));

	test("a block that was opened is open until it closes", () =>
		check("typescript", "function f() {\n\tg();\n\t├if (a) {\n\t\treturn 1;\n┤\n}\n", open));

	test("a block that was opened ends with its bracket", () =>
		check(
			"typescript",
			"function f() {\n\tg();\n\t├if (a) {\n\t\treturn 1;\n\t}\n\treturn 2;┤\n}\n",
			"if (a) {\n\t\treturn 1;\n\t}",
		));

	test("else and catch belong to their statement", async () => {
		await check(
			"typescript",
			"├if (a) {\n\tb();\n} else {\n\tc();\n}\nd();┤\n",
			"if (a) {\n\tb();\n} else {\n\tc();\n}",
		);
		await check(
			"typescript",
			"├try {\n\tb();\n}\ncatch {\n\tc();\n}\nd();┤\n",
			"try {\n\tb();\n}\ncatch {\n\tc();\n}",
		);
	});

	test("the bracket of the enclosing block isn't part of a statement", () =>
		check(
			"typescript",
			"function f() {\n\tconst a = 1;\n\t├return a;\n}\n\nfunction g() {┤\n",
			"return a;",
		));

	test("the body of an empty block is written up to its bracket", () =>
		check(
			"typescript",
			"function f(a: number) {\n\t├const b = a;\n\treturn b;\n}\nf(1);┤",
			"const b = a;\n\treturn b;\n}",
		));

	test("the body of an empty block whose bracket is there stays open", () =>
		check("typescript", "function f(a: number) {\n\t├const b = a;\n\treturn b;\n┤\n}\n", open));

	test("a block in a call ends with the brackets of the call", () =>
		check("typescript", "list.map((a) => {├\n\treturn a;\n});\nfoo();┤\n", "\n\treturn a;\n});"));

	test("arguments over several lines are one statement", () =>
		check(
			"typescript",
			"function f() {\n\tg();\n\t├foo(\n\t\ta,\n\t\tb,\n\t);\n\tbar();┤\n}\n",
			"foo(\n\t\ta,\n\t\tb,\n\t);",
		));

	test("a bracket that closes one before the cursor is part of its line", () =>
		check("typescript", "const x = foo(├a, b);\nbar();┤\n", "a, b);"));

	test("an entry of an object is complete after its comma", () =>
		check("typescript", "const x = {\n\ta: 1,\n\t├b: 2,\n\tc: 3,┤\n};\n", "b: 2,"));

	test("a comma in a declaration continues it", () =>
		check(
			"typescript",
			"function f() {\n\tg();\n\t├const a = 1,\n\t\tb = 2;\n\treturn a;┤\n}\n",
			"const a = 1,\n\t\tb = 2;",
		));

	test("brackets in strings, templates, comments and patterns count for nothing", () =>
		check(
			"typescript",
			'├foo("{", `(${a}[`, /[{(]/, /* { */ 1); // (\nbar();┤\n',
			'foo("{", `(${a}[`, /[{(]/, /* { */ 1); // (',
		));

	test("a template over several lines is one token", () =>
		check("typescript", "├const a = `x\ny;\nz`;\nb();┤\n", "const a = `x\ny;\nz`;"));

	test("a template that isn't closed is open", () =>
		check("typescript", "├const a = `x\ny;\n┤\n", open));

	test("a comment leads into the statement after it", () =>
		check("typescript", "├// Adds.\nconst a = b + c;\nd();┤\n", "// Adds.\nconst a = b + c;"));

	test("at a cursor in a comment the comment's line is all", () =>
		check("typescript", "// Adds├ two numbers.\nconst a = 1;┤\n", " two numbers."));

	test("broken code after the cursor doesn't matter", () =>
		check(
			"typescript",
			"class A {\n\tb() {\n\t\tc(;\n\t\t├const d = 1;\n┤\n\n\te( {\n",
			"const d = 1;",
		));

	test("a method is complete with its body", () =>
		check(
			"typescript",
			"class A {\n\tx = 1;\n\n\t├get y(): number {\n\t\treturn 1;\n\t}\n\n\tget z() {┤\n}\n",
			"get y(): number {\n\t\treturn 1;\n\t}",
		));

	test("nothing but white space is open", () => check("typescript", "├\n\t┤", open));

	test("offsets are UTF-16 units", () =>
		check("typescript", 'const s = "é🙂";\n├f("🙂");\ng();┤', 'f("🙂");'));
});

test("JSX: an element is complete with its closing tag", async () => {
	const fixture = "const a = (\n\t<div>\n\t\t├<b>\n\t\t\t{c}\n\t\t</b>\n\t\t<i />┤\n\t</div>\n);\n";
	await check("typescriptreact", fixture, "<b>\n\t\t\t{c}\n\t\t</b>");
	await check("javascriptreact", fixture, "<b>\n\t\t\t{c}\n\t\t</b>");
});

describe("Python", () => {
	test("a simple statement is complete at its line end", () =>
		check("python", "def f(x):\n    y = 1\n    ├return x\n┤\n", "return x"));

	test("a block is open until a line is indented less", async () => {
		await check("python", "├if x:\n    return 1\n┤", open);
		await check("python", "├if x:\n    return 1\nfoo()┤", "if x:\n    return 1");
	});

	test("else belongs to its statement", () =>
		check("python", "├if x:\n    a()\nelse:\n    b()\nc()┤", "if x:\n    a()\nelse:\n    b()"));

	test("the body of an empty function ends with its indentation", async () => {
		await check(
			"python",
			"def f(x):\n    ├y = x\n    return y\n\ndef g():┤",
			"y = x\n    return y",
		);
		await check(
			"python",
			"def f(x):├\n    y = x\n    return y\n\ndef g():┤",
			"\n    y = x\n    return y",
		);
		await check("python", "def f(x):\n    ├y = x\n    return y\n┤", open);
	});

	test("brackets continue a statement over lines", () =>
		check("python", "├x = [\n    1,\n    2,\n]\ny = 1┤", "x = [\n    1,\n    2,\n]"));

	test("a decorator leads into its function", () =>
		check("python", "├@cache\ndef f():\n    return 1\n\nx = 1┤", "@cache\ndef f():\n    return 1"));

	test("a dictionary entry isn't a block", () =>
		check("python", 'x = {\n    "a": 1,\n    ├"b": 2,\n    "c": 3,┤\n}\n', '"b": 2,'));

	test("a string over several lines is one token", () =>
		check("python", '├x = """a\nb"""\ny = 1┤', 'x = """a\nb"""'));

	test("a header completed after the cursor opens its block", () =>
		check("python", "if ├x > 1:\n    a()\nb()┤", "x > 1:\n    a()"));
});

test.each([
	["go", "func f() {\n\tg()\n\t├if a {\n\t\tb()\n\t}\n\tc()┤\n}\n", "if a {\n\t\tb()\n\t}"],
	["rust", "fn f() {\n    g();\n    ├let a = b;\n    c();┤\n}\n", "let a = b;"],
	["java", "class A {\n\tvoid f() {\n\t\tg();\n\t\t├int a = 1;\n\t\tb();┤\n\t}\n}\n", "int a = 1;"],
	["cpp", "void f() {\n\tg();\n\t├int a = 1;\n\tb();┤\n}\n", "int a = 1;"],
])("%s: a statement ends at its line", (languageId, fixture, expected) =>
	check(languageId, fixture, expected),
);

test("a language without a grammar is unknown", () =>
	check("brainfuck", "├+++\n┤", { kind: "unknown" }));
