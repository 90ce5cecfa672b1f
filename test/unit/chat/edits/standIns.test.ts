import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

interface Sample {
	readonly path: string;
	readonly head: string;
	readonly foot: string;
	readonly body: readonly string[];
	/** What a comment looks like; `@` is its text. */
	readonly comments: readonly string[];
	readonly indentation: string;
}

const samples: readonly Sample[] = (
	[
		["a.sql", "create table a (", ");", ["x int,", "y int,", "z int"], ["-- @", "/* @ */"], "  "],
		["a.vb", "Sub Run()", "End Sub", ["A()", "B()", "C()"], ["' @"], "    "],
		["a.html", "<ul>", "</ul>", ["<li>1</li>", "<li>2</li>", "<li>3</li>"], ["<!-- @ -->"], "  "],
		["a.xml", "<a>", "</a>", ["<b/>", "<c/>", "<d/>"], ["<!-- @ -->"], "  "],
		["a.yaml", "jobs:", "", ["a: 1", "b: 2", "c: 3"], ["# @"], "  "],
		["a.toml", "[a]", "", ["b = 1", "c = 2", "d = 3"], ["# @"], ""],
		["a.ini", "[a]", "", ["b = 1", "c = 2", "d = 3"], ["; @", "# @"], ""],
		["a.css", ".a {", "}", ["b: 1;", "c: 2;", "d: 3;"], ["/* @ */"], "  "],
		["a.tex", "\\begin{a}", "\\end{a}", ["One.", "Two.", "Three."], ["% @"], "  "],
		["a.clj", "(defn f [x]", "  (z x))", ["(a x)", "(b x)", "(c x)"], [";; @", "; @"], "  "],
		["a.hs", "f x = do", "", ["a x", "b x", "c x"], ["-- @", "{- @ -}"], "  "],
		["a.fs", "let f x =", "", ["a x", "b x", "c x"], ["// @", "(* @ *)"], "    "],
		["a.lua", "function f()", "end", ["a()", "b()", "c()"], ["-- @", "--[[ @ ]]"], "  "],
		["a.pl", "sub f {", "}", ["a();", "b();", "c();"], ["# @"], "  "],
		["a.r", "f <- function(x) {", "}", ["a(x)", "b(x)", "c(x)"], ["# @"], "  "],
		["a.jl", "function f(x)", "end", ["a(x)", "b(x)", "c(x)"], ["# @"], "  "],
		["a.ps1", "function F {", "}", ["A", "B", "C"], ["# @", "<# @ #>"], "  "],
		["a.bat", ":run", "goto :eof", ["a", "b", "c"], ["REM @", ":: @"], ""],
		["Dockerfile", "FROM a", "CMD d", ["RUN a", "RUN b", "RUN c"], ["# @"], ""],
		["Makefile", "all:", "", ["a", "b", "c"], ["# @"], "\t"],
		["a.vue", "<template>", "</template>", ["<a/>", "<b/>", "<c/>"], ["<!-- @ -->"], "  "],
		["a.svelte", "<div>", "</div>", ["<a/>", "<b/>", "<c/>"], ["<!-- @ -->"], "  "],
		["a.md", "# A", "## B", ["one", "two", "three"], ["<!-- @ -->"], ""],
		["a.txt", "A", "B", ["one", "two", "three"], ["# @", "// @", "-- @", "; @", "/* @ */"], ""],
		[
			"a.scala",
			"def f(x: Int) = {",
			"}",
			["a(x)", "b(x)", "c(x)"],
			["// @", "/* @ */", "/** @ */"],
			"  ",
		],
		["a.dart", "void f() {", "}", ["a();", "b();", "c();"], ["// @", "/// @"], "  "],
		["a.m", "- (void)run {", "}", ["a();", "b();", "c();"], ["// @"], "  "],
		["a.m", "function y = f(x)", "end", ["a;", "b;", "c;"], ["% @", "%{ @ %}"], "  "],
		["a.f90", "subroutine f", "end subroutine", ["x = 1", "y = 2", "z = 3"], ["! @"], "  "],
		["a.ejs", "<ul>", "</ul>", ["<li>1</li>", "<li>2</li>", "<li>3</li>"], ["<%# @ %>"], "  "],
		["a.cshtml", "<ul>", "</ul>", ["<b>1</b>", "<b>2</b>", "<b>3</b>"], ["@* @ *@"], "  "],
		["a.hbs", "<ul>", "</ul>", ["<b>1</b>", "<b>2</b>", "<b>3</b>"], ["{{! @ }}"], "  "],
		["a.rkt", "(define (f x)", "  (z x))", ["(a x)", "(b x)", "(c x)"], ["#| @ |#"], "  "],
		["a.lean", "def f : Nat := do", "", ["a", "b", "c"], ["/- @ -/"], "  "],
		["a.tsx", "const A = () => (", ");", ["<a/>", "<b/>", "<c/>"], ["{/* @ */}", "// @"], "  "],
		["a.ex", "def f(x) do", "end", ["a(x)", "b(x)", "c(x)"], ["# @"], "  "],
		["a.zig", "fn f() void {", "}", ["a();", "b();", "c();"], ["// @"], "  "],
		["a.ada", "procedure F is", "end F;", ["A;", "B;", "C;"], ["-- @"], "  "],
		["a.groovy", "def f() {", "}", ["a()", "b()", "c()"], ["// @"], "  "],
		["a.py", "def f():", "", ["a()", "b()", "c()"], ["# @", '"""@"""'], "    "],
	] as const
).map(([path, head, foot, body, comments, indentation]) => ({
	path,
	head,
	foot,
	body,
	comments,
	indentation,
}));

/** Of the text in a comment; Razor's marks have the sign, too. */
const textPlace = /(?<!\*)@(?!\*)/;

const texts = [
	"existing code",
	"existing code unchanged",
	"...",
	"… existing …",
	"... rest of the code ...",
	"unchanged",
	"same as before",
	"rest of body remains the same",
	"(unchanged)",
	"[existing code here]",
	"Existing implementation",
	"remaining logic stays as is",
	"omitted for brevity",
	"no changes",
	"previous code",
	"keep the rest",
	"your existing code here",
	"code omitted",
	"<existing code>",
	"etc.",
	"rest unchanged",
	"same",
	"original code here",
	"-- existing code --",
	"*** unchanged ***",
	"The rest of this function is unchanged",
	"Everything else stays the same",
	"All other fields remain as they were",
	"snip",
	"as above",
	"body unchanged",
	"TODO: keep existing code",
	"implementation stays",
	"other code here",
	"rest",
	"etc",
	"continued",
	"logic goes here",
	"initialization code",
	"more code",
	"additional lines",
	"and so on",
	"see above",
	"not shown",
	"left as is",
	"retain existing behaviour",
	"preserved",
	"preserve existing code",
	"untouched code",
	"stuff",
	"same code",
	"nothing changed here",
	"Rest der Funktion",
	"code inchangé",
	"sin cambios",
	"保持不变",
	"変更なし",
	"a comment that says nothing of the kind",
];

describe("a comment in place of a body", () => {
	test.each(samples)("is no reason to delete it: $path", (sample) => {
		const { path, head, foot, body, comments, indentation } = sample;
		const lines = body.map((line) => indentation + line);
		const end = foot === "" ? [] : [foot];
		const part = [head, ...lines, ...end].join("\n");
		const file = ["zero", "", part, "", "after", "more", "last", ""].join("\n");
		for (const comment of comments) {
			for (const text of texts) {
				const code = [head, indentation + comment.replace(textPlace, text), ...end].join("\n");
				for (const range of [undefined, { start: 6, end: 6 + part.length }]) {
					const result = applied(block("", code), path, file, range);
					const isKept = lines.every((line) => result.split("\n").includes(line));
					expect(isKept || result.startsWith("refused: "), `${text}: ${result}`).toBe(true);
				}
			}
		}
	});
});

/** Models mix up the comments of languages. */
const foreignComments = [
	"{{-- @ --}}",
	"<%# @ %>",
	"{# @ #}",
	"#| @ |#",
	"// @",
	"# @",
	"-- @",
	"; @",
	"% @",
	"/* @ */",
	"<!-- @ -->",
	"(* @ *)",
];

describe("a comment of another language in place of a body", () => {
	test.each(samples.filter(({ path }) => path !== "a.md"))("stays out of $path", (sample) => {
		const { path, head, foot, body, indentation } = sample;
		const lines = body.map((line) => indentation + line);
		const end = foot === "" ? [] : [foot];
		const file = ["zero", "", head, ...lines, ...end, "", "after", "more", "last", ""].join("\n");
		for (const comment of foreignComments) {
			for (const text of ["... existing code ...", "rest of the code", "existing code unchanged"]) {
				const code = [head, indentation + comment.replace(textPlace, text), ...end].join("\n");
				const result = applied(block("", code), path, file);
				const isKept = lines.every((line) => result.split("\n").includes(line));
				expect(isKept || result.startsWith("refused: "), `${comment}, ${text}: ${result}`).toBe(
					true,
				);
			}
		}
	});
});

test.each(["// TODO: your code", "// TODO: implement this logic", "// Add your logic here"])(
	"%s is no body",
	(comment) => {
		const file = "function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n";
		const code = `function a() {\n  return 10;\n}\n\nfunction b() {\n  ${comment}\n}`;
		expect(applied(block("js", code), "a.js", file)).toMatch(/^refused: A comment of the answer/);
	},
);

test("an operand behind an operator is no comment", () => {
	const file = "const a =\n  total\n  % count;\n\nlast();\nmore();\n";
	const code = "const a =\n  total\n  % rest\n  + 1;";
	expect(applied(block("js", code), "a.js", file)).toBe(`${code}\n\nlast();\nmore();\n`);
});

test("an element that only got an attribute isn't put in beside itself", () => {
	const file = "<a>\n  <b/>\n  <c/>\n</a>\n";
	const code = '<a>\n  <b x="1"/>\n  <!-- ... -->\n</a>';
	expect(applied(block("xml", code), "a.xml", file)).toMatch(/^refused: /);
});

test.each([
	["what was commented out", "// one();"],
	["a word that only looks like it", "// Existing users keep their rest."],
])("a comment is code with %s where as much stays", (_, comment) => {
	const file = "function a() {\n  one();\n  two();\n}\n\nlast();\nmore();\n";
	const code = `function a() {\n  ${comment}\n  two(2);\n  three();\n}`;
	expect(applied(block("js", code), "a.js", file)).toBe(`${code}\n\nlast();\nmore();\n`);
});
