import { describe, expect, test } from "vitest";
import { accepted } from "../../../support/acceptedText.ts";

/** Languages, the line, what the model wrote, and the document when it was accepted. */
type Case = readonly [languageIds: string, fixture: string, text: string, expected: string];

const cases: readonly Case[] = [
	["plaintext javascript typescriptreact", "{║{", "const a =", "{const a ={"],
	["plaintext javascript typescriptreact", "foo(║)", "bar(b)", "foo(bar(b))"],
	["plaintext javascript typescriptreact", "foo(║)", "bar(b))", "foo(bar(b))"],
	[
		"plaintext javascript typescriptreact",
		"const s = `a ${f(║)}`;",
		"x)} b ${y}`;",
		"const s = `a ${f(x)} b ${y}`;",
	],
	[
		"plaintext javascript typescriptreact",
		"const s = `a ${║}`;",
		"x ? `y ${z}` : ''}`;",
		"const s = `a ${x ? `y ${z}` : ''}`;",
	],
	["plaintext javascript typescriptreact", "const s = `a ${║}`;", "x", "const s = `a ${x}`;"],
	[
		"plaintext javascript typescriptreact",
		"const s = `it's ${║}`;",
		"x}, isn't`;",
		"const s = `it's ${x}, isn't`;",
	],
	["plaintext javascript typescriptreact", "foo('║')", "it\\'s')", "foo('it\\'s')"],
	["plaintext javascript typescriptreact", 'foo("║")', 'a" + "b', 'foo("a" + "b")'],
	["plaintext javascript typescriptreact", "foo(║)", "a).bar(b", "foo(a).bar(b)"],
	[
		"plaintext javascript typescriptreact",
		"if (║) {",
		"a) && (b) {\n  c();\n}",
		"if (a) && (b) {\n  c();\n}",
	],
	["plaintext javascript typescriptreact", 'x.replace(/"/g, ║)', "'a')", "x.replace(/\"/g, 'a')"],
	[
		"plaintext javascript typescriptreact",
		"x.replace(/[('\"]/g, ║);",
		'"");',
		'x.replace(/[(\'"]/g, "");',
	],
	["plaintext javascript typescriptreact", "a: foo(║),", "x),", "a: foo(x),"],
	[
		"plaintext javascript typescriptreact",
		"<p>Don't {t(║)}",
		'"it\'s")}',
		"<p>Don't {t(\"it's\")}",
	],
	[
		"plaintext javascript typescriptreact",
		"<div className={║}>",
		"cx('a')}>",
		"<div className={cx('a')}>",
	],
	["plaintext javascript typescriptreact", '<div className="║">', 'a b">', '<div className="a b">'],
	["plaintext javascript typescriptreact", "[[║]]", "1, 2], [3]]", "[[1, 2], [3]]"],
	["plaintext javascript typescriptreact", "const {║}", " a, b } = c;", "const { a, b } = c;"],
	[
		"plaintext javascript typescriptreact",
		"import {║}",
		" a } from 'b';",
		"import { a } from 'b';",
	],
	[
		"plaintext javascript typescriptreact",
		"useEffect(() => {║})",
		"\n\tload();\n}, [])",
		"useEffect(() => {\n\tload();\n}, [])",
	],
	[
		"plaintext javascript typescriptreact",
		"foo((a) => {║});",
		"\n\tb(a);\n});",
		"foo((a) => {\n\tb(a);\n});",
	],
	["plaintext javascript typescriptreact", "foo(`║`)", "a ${b} c`)", "foo(`a ${b} c`)"],
	["plaintext javascript typescriptreact", "foo('', '║')", "x')", "foo('', 'x')"],
	["plaintext javascript typescriptreact", 'foo("", "║")', 'x")', 'foo("", "x")'],
	["plaintext javascript typescriptreact", "foo(║);", "a); // don't (x)", "foo(a); // don't (x)"],
	["plaintext python", "print(f'Hi {║}')", 'd["k"]}, it\')', "print(f'Hi {d[\"k\"]}, it')"],
	["plaintext python", 'print(f"{a!r:>{║}}")', 'w}}")', 'print(f"{a!r:>{w}}")'],
	["plaintext python", 'print(f"{{ {║}")', 'w} }}")', 'print(f"{{ {w} }}")'],
	["plaintext python", "x = foo(║)", "a // b)", "x = foo(a // b)"],
	["plaintext python", "x = {'a': ║}", "'b', 'c': \"it's\"}", "x = {'a': 'b', 'c': \"it's\"}"],
	["plaintext python", "x = r'║'", "a\\d'", "x = r'a\\d'"],
	["plaintext python", '    """║"""', 'It\'s a (test)."""', '    """It\'s a (test)."""'],
	["plaintext python", 'def f(x="║"):', 'a"):', 'def f(x="a"):'],
	["plaintext python", "def f(║):", "self, x):\n    return x", "def f(self, x):\n    return x"],
	[
		"plaintext python",
		'raise ValueError(f"bad {║}")',
		"x!r} isn't ok\")",
		'raise ValueError(f"bad {x!r} isn\'t ok")',
	],
	["plaintext python", "x = '{} {║}'", "name}'.format(a)", "x = '{} {name}'.format(a)"],
	["plaintext python", "a = [║]", "x for x in y]", "a = [x for x in y]"],
	["plaintext rust", 'println!("Hi {║}")', 'name}, welcome")', 'println!("Hi {name}, welcome")'],
	["plaintext rust", 'println!("Hi {║}", );', '}", name);', 'println!("Hi {}", name);'],
	["plaintext rust", "struct P<'a, T: 'a + Foo<║>", "'a>> {", "struct P<'a, T: 'a + Foo<'a>> {"],
	["plaintext rust", "match c { 'a' => f(║)", "'(') + g('b')", "match c { 'a' => f('(') + g('b')"],
	[
		"plaintext rust",
		"impl<'a> Iterator for Foo<║>",
		"'a> {\n}",
		"impl<'a> Iterator for Foo<'a> {\n}",
	],
	["plaintext rust", "let x: Vec<║>", "u8> = Vec::new();", "let x: Vec<u8> = Vec::new();"],
	[
		"plaintext rust",
		"fn f(c: char) -> bool { matches!(c, ║) }",
		"'a'..='z') }",
		"fn f(c: char) -> bool { matches!(c, 'a'..='z') }",
	],
	["c", "if (c == '║') {", "(') {", "if (c == '(') {"],
	["c", "if (c == ║) {", "'(' || c == '\\'') {", "if (c == '(' || c == '\\'') {"],
	["go", "fmt.Println(`║`)", "a\\`)", "fmt.Println(`a\\`)"],
	["sql", "WHERE a IN (║)", "'it''s (', 'b')", "WHERE a IN ('it''s (', 'b')"],
	["sql", "WHERE a = '║'", "it''s'", "WHERE a = 'it''s'"],
	["shellscript", 'echo "$(║)"', "date +'%Y') (now)\"", "echo \"$(date +'%Y') (now)\""],
	["shellscript", "if [[ ║ ]]", "$a == ')' ]]; then", "if [[ $a == ')' ]]; then"],
	["swift", 'print("Hi \\(║)")', "name), it's\")", 'print("Hi \\(name), it\'s")'],
	["plaintext", 'print("Hi \\(║)")', "name), it's\")", 'print("Hi \\(name), it\'s")'],
	[
		"ruby",
		'puts "#{║}"',
		'a.map { |x| "#{x}" }.join(\', \')}!"',
		'puts "#{a.map { |x| "#{x}" }.join(\', \')}!"',
	],
	["php", 'echo "Hi {$║}";', "user['name']}, it's\";", "echo \"Hi {$user['name']}, it's\";"],
	["csharp", 'Console.WriteLine($"{║}");', "a:N2} 'x'\");", "Console.WriteLine($\"{a:N2} 'x'\");"],
	["haskell", "f x' = g (║)", "h x' 'a' ')') x''", "f x' = g (h x' 'a' ')') x''"],
	["clojure", "(map 'a (║))", "'b `c) 'd)", "(map 'a ('b `c) 'd)"],
	["matlab", "y = f(║)'", "x')'", "y = f(x')'"],
	["latex", "\\textbf{║}", "It's ``quoted''} and (x)", "\\textbf{It's ``quoted''} and (x)"],
	["markdown", "[it's](║)", "http://x.y) and don't", "[it's](http://x.y) and don't"],
	["markdown", "I'm *sure* (it's ║)", "John's) dog's", "I'm *sure* (it's John's) dog's"],
	["markdown", "``║``", "a ` b`` c", "``a ` b`` c"],
	["kotlin", 'println("${║}")', 'a.map { "x" }} b")', 'println("${a.map { "x" }} b")'],
	["scala", 's"${║}"', "a} it's\"", 's"${a} it\'s"'],
	["vue", '<a :b="c(║)">', "'d')\">", "<a :b=\"c('d')\">"],
	["html", '<a href="║">', "it's\">It's", "<a href=\"it's\">It's"],
	["perl", 'print "$h{║}"', "'a'} b\"", "print \"$h{'a'} b\""],
	["plaintext", "const s = `Hi ${║}`;\n", "name}, welcome`;", "const s = `Hi ${name}, welcome`;\n"],
	["plaintext", "fn f<'a>(║)\n", "x: &'a str) -> &'a str {", "fn f<'a>(x: &'a str) -> &'a str {\n"],
	[
		"plaintext",
		"fn name(&self) -> Box<dyn Fn(&'static str║)>\n",
		") -> bool> {",
		"fn name(&self) -> Box<dyn Fn(&'static str) -> bool> {\n",
	],
	["plaintext", "impl<'a> Parser<'a, Vec<║>\n", "u8>> {", "impl<'a> Parser<'a, Vec<u8>> {\n"],
	[
		"plaintext rust",
		"'outer: for x in v.iter().take(║)\n",
		"3) {",
		"'outer: for x in v.iter().take(3) {\n",
	],
	["plaintext ocaml", "let f' x = g (║)\n", "x) + 1", "let f' x = g (x) + 1\n"],
	["plaintext sql", "/* it's */ foo(║);\n", "1, 2);", "/* it's */ foo(1, 2);\n"],
	["plaintext lisp", "(cons 'a (list ║))\n", "b) c)", "(cons 'a (list b) c)\n"],
	[
		"plaintext verilog",
		"assign a = 4'b1010 & f(║);\n",
		"x) | y;",
		"assign a = 4'b1010 & f(x) | y;\n",
	],
	["plaintext python", "x = '''║'''\n", "abc'''", "x = '''abc'''\n"],
	[
		"plaintext kotlin",
		'val s = """║"""\n',
		'abc""".trimIndent()',
		'val s = """abc""".trimIndent()\n',
	],
	["plaintext", "foo(`${║}`);", "x}`);", "foo(`${x}`);"],
	["plaintext", "`${`${║}`}`", "x}`}`", "`${`${x}`}`"],
	["plaintext", 'f"""Hi {║}"""', 'name}, welcome"""', 'f"""Hi {name}, welcome"""'],
	["plaintext", "f'{d[\"a\"]} {║}'", 'd["b"]}!\'', 'f\'{d["a"]} {d["b"]}!\''],
	["plaintext", "echo $((║))", "a + 1))", "echo $((a + 1))"],
	["plaintext", '[[ "║" ]]', '$a" == "b" ]]', '[[ "$a" == "b" ]]'],
	["plaintext", "echo \"{$a['║']}\";", "b']}\";", "echo \"{$a['b']}\";"],
	["plaintext", "<a href='║'>", "x'>it's", "<a href='x'>it's"],
	[
		"plaintext",
		"const a: Map<string, ║>",
		"number> = new Map();",
		"const a: Map<string, number> = new Map();",
	],
	["plaintext", "Array<Array<║>>", "string>>", "Array<Array<string>>"],
	["plaintext", "useState<() => ║>", "void>(null)", "useState<() => void>(null)"],
	[
		"plaintext",
		"std::vector<std::pair<int, ║>>",
		"int>> v;",
		"std::vector<std::pair<int, int>> v;",
	],
	["plaintext", "if (a < b && foo(║)) {", "c)) {", "if (a < b && foo(c)) {"],
	["plaintext", "if (a<b && foo(║)) {", "c)) {", "if (a<b && foo(c)) {"],
	["plaintext", "// it's (║)", "John's)", "// it's (John's)"],
	["plaintext", " * it's {║}", "@link x} don't", " * it's {@link x} don't"],
	["plaintext", 'x = "it\'s (║)"', 'a) b"', 'x = "it\'s (a) b"'],
	["plaintext", "say('don\\'t', ║)", "'won\\'t')", "say('don\\'t', 'won\\'t')"],
	["plaintext", "```║```", "a```", "```a```"],
	["plaintext", "print('{}'.format(║))", "'x'))", "print('{}'.format('x'))"],
	["plaintext", "'a' + 'b' + f(║)", "'c') + 'd'", "'a' + 'b' + f('c') + 'd'"],
	["plaintext", "rock 'n' roll (║)", "'n' me)", "rock 'n' roll ('n' me)"],
	["plaintext", '5" x 3" (║)', '2" deep)', '5" x 3" (2" deep)'],
	["plaintext", "the '90s (║)", "'80s)", "the '90s ('80s)"],
	["plaintext", "let c = '(║'", "'; f(')'", "let c = '('; f(')'"],
	["plaintext", "x = {'it': '║'}", "s'}", "x = {'it': 's'}"],
	["plaintext", "(define (f x) (║))", "list 'a `(b ,c)))", "(define (f x) (list 'a `(b ,c)))"],
	[
		"plaintext",
		"type t = 'a list -> (║)",
		"'b * 'c) option",
		"type t = 'a list -> ('b * 'c) option",
	],
	[
		"plaintext",
		"fn f<'a, 'b>(x: &'a str, ║)",
		"y: &'b str) -> &'a str",
		"fn f<'a, 'b>(x: &'a str, y: &'b str) -> &'a str",
	],
	["plaintext", "return [f'{x}' for x in (║)]", "y, z)]", "return [f'{x}' for x in (y, z)]"],
	["plaintext", 'println!("{}", ║);', "x);", 'println!("{}", x);'],
	["plaintext", "assert_eq!(f('a'), ║);", "Some('b'));", "assert_eq!(f('a'), Some('b'));"],
	["plaintext", "x = y if z else '║'", "a'", "x = y if z else 'a'"],
];

describe("each closer stands once", () => {
	test.each(
		cases.flatMap(([languageIds, ...rest]) =>
			languageIds.split(" ").map((languageId) => [languageId, ...rest] as const),
		),
	)("%s: %j and %j", (languageId, fixture, text, expected) => {
		expect(accepted(languageId, fixture, text, "invoked")).toBe(expected);
	});
});

/** Closers, as they are after an opener that the editor has closed. */
const closerOf: Readonly<Record<string, string>> = {
	"(": ")",
	"[": "]",
	"{": "}",
	"`": "`",
	'"': '"',
};

describe("while typing along", () => {
	test.each([
		["typescript", "const s = ", "`a ${f(x)} b ${y}`", ";"],
		["typescript", "foo", "(bar[0], { a: `it's` })", ";"],
		["python", "print", '(f"Hi {d[k]}, it is")', ""],
		["ruby", "puts ", '"#{a.map { |x| x }}!"', ""],
		["rust", "fn f<'a>", "(x: &'a str, y: [u8; 4])", " -> &'a str {"],
		["kotlin", "println", '("${a.map { b }} it\'s")', ""],
		["clojure", "(map 'a ", "('b [c] 'd)", ")"],
	])("%s: each key of %s%s leaves the same line", (languageId, start, typed, tail) => {
		let closers = "";
		for (let at = 0; at < typed.length; at++) {
			const key = typed.charAt(at);
			if (closers.startsWith(key)) {
				closers = closers.slice(1);
			} else {
				closers = (closerOf[key] ?? "") + closers;
			}
			const left = typed.slice(at + 1) + tail;
			if (left !== "") {
				const line = start + typed.slice(0, at + 1);
				expect(accepted(languageId, `${line}║${closers}`, left)).toBe(start + typed + tail);
			}
		}
	});
});
