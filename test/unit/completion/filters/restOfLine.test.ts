import { expect, test } from "vitest";
import { accepted } from "../../../support/acceptedText.ts";

/** Within a line: languages, the line, what the model wrote, and the document when it was accepted. */
type Case = readonly [languageIds: string, fixture: string, text: string, expected: string];

const cases: readonly Case[] = [
	[
		"plaintext typescript",
		"const r = add(║, b) + 1;\n",
		"a, b) + 1;",
		"const r = add(a, b) + 1;\n",
	],
	[
		"plaintext typescript",
		"const r = ║ + total;\n",
		"price + total;",
		"const r = price + total;\n",
	],
	["plaintext typescript", "if (║ && ok) {\n", "ready && ok) {", "if (ready && ok) {\n"],
	["plaintext typescript", "items.map(║ => x.id);\n", "x => x.id);", "items.map(x => x.id);\n"],
	[
		"plaintext typescript",
		"const m = new Map<║>();\n",
		"string, number>();",
		"const m = new Map<string, number>();\n",
	],
	[
		"plaintext typescript",
		"useEffect(() => {║}, []);\n",
		" load(); }, []);",
		"useEffect(() => { load(); }, []);\n",
	],
	["plaintext typescript", "const r = add(║, b) + 1;", "a, b) + 2;", "const r = add(a, b) + 1;"],
	[
		"plaintext typescript",
		"const r = add(║, b) + 1; // sum",
		"a, b) + 1;",
		"const r = add(a, b) + 1; // sum",
	],
	["plaintext typescript", "const r = add(║, b)+1;", "a, b) + 1;", "const r = add(a, b) + 1;"],
	["plaintext typescript", "f(║, c)", "g(a, c)", "f(g(a, c), c)"],
	["plaintext typescript", "f(║, c)", "g(a, c), c)", "f(g(a, c), c)"],
	["plaintext typescript", "const a = ║b;", "c + ", "const a = c + b;"],
	["plaintext typescript", "const a = ║b;", "c + b", "const a = c + b;"],
	["plaintext typescript", "const a = ║b;", "c + b;", "const a = c + b;"],
	["plaintext typescript", "foo(║ + 1)", "a", "foo(a + 1)"],
	["plaintext typescript", "foo(║ + 1)", "a ", "foo(a + 1)"],
	["plaintext typescript", "foo(║ + 1)", "a)", "foo(a + 1)"],
	["plaintext typescript", "foo(║ + 1)", "a + 1)", "foo(a + 1)"],
	["plaintext typescript", 'const s = "Hi ║ bye";', 'there bye";', 'const s = "Hi there bye";'],
	[
		"plaintext typescript",
		"const s = `Hi ${║} bye`;",
		"name} bye`;",
		"const s = `Hi ${name} bye`;",
	],
	["plaintext typescript", "if (a.║ === b) {", "c === b) {", "if (a.c === b) {"],
	["plaintext typescript", "x = ║ ? 1 : 2;", "ok ? 1 : 2;", "x = ok ? 1 : 2;"],
	["plaintext typescript", "<Foo bar={║} baz={1} />", "x} baz={1} />", "<Foo bar={x} baz={1} />"],
	["plaintext typescript", "<div>║</div>", "Hello</div>", "<div>Hello</div>"],
	["plaintext typescript", '<div className="║"></div>', 'a"></div>', '<div className="a"></div>'],
	[
		"plaintext typescript",
		"for (const ║ of items) {",
		"item of items) {",
		"for (const item of items) {",
	],
	["plaintext typescript", "const { ║ } = props;", "a, b } = props;", "const { a, b } = props;"],
	[
		"plaintext typescript",
		"return ║.map(x => x);",
		"items.map(x => x);",
		"return items.map(x => x);",
	],
	[
		"plaintext typescript",
		"foo(║, () => { bar(); });",
		"a, () => { bar(); });",
		"foo(a, () => { bar(); });",
	],
	["plaintext typescript", "foo(a, ║);  // note", "b);", "foo(a, b);  // note"],
	["plaintext typescript", "let x = ║ as string;", "y as string;", "let x = y as string;"],
	["plaintext", "const r = ║ + total", "price + total;", "const r = price + total;"],
	["plaintext", "const r = ║ + total;", "price + total + tax;", "const r = price + total + tax;"],
	["plaintext", "f(a, ║, c", "b, c)", "f(a, b, c)"],
	["plaintext", "x = ║foo", "foo + ", "x = foo + foo"],
	["plaintext", 'print(f"{║} items")', 'n} items")', 'print(f"{n} items")'],
	["plaintext", "let v: Vec<║> = vec![];", "u8> = vec![];", "let v: Vec<u8> = vec![];"],
	[
		"plaintext",
		"SELECT ║ FROM t WHERE a = 'b';",
		"x, y FROM t WHERE a = 'b';",
		"SELECT x, y FROM t WHERE a = 'b';",
	],
	["plaintext", '<li className="║">{x}</li>', 'a">{x}</li>', '<li className="a">{x}</li>'],
	["plaintext", '"name": "║", "b": 1 }', 'x", "b": 1 }', '"name": "x", "b": 1 }'],
	["plaintext", "def f(║) -> int:", "self, x) -> int:", "def f(self, x) -> int:"],
	["plaintext", "a = b ? ║ : d;", "c : d;", "a = b ? c : d;"],
	["plaintext", "x = ║ # note", "1 # note", "x = 1 # note"],
	["plaintext", "foo(║);  // sums", "a, b);", "foo(a, b);  // sums"],
	["plaintext", "I like ║ and pears.", "apples and pears.", "I like apples and pears."],
	[
		"plaintext",
		"const [a, ║] = useState(0);",
		"setA] = useState(0);",
		"const [a, setA] = useState(0);",
	],
];

test.each(
	cases.flatMap(([languageIds, ...rest]) =>
		languageIds.split(" ").map((languageId) => [languageId, ...rest] as const),
	),
)("%s: the rest of %j is not written again by %j", (languageId, fixture, text, expected) => {
	expect(accepted(languageId, fixture, text, "invoked")).toBe(expected);
});

test.each([
	["const a = ║b;", "c"],
	["const a = ║b;", "b;"],
])("within %j, %j is no completion: it adds nothing, or joins two words", (fixture, text) => {
	expect(accepted("typescript", fixture, text, "invoked")).toBe(undefined);
});

test.each([
	["swift", 'f("\\(║)" + x)', 'a)b" + x)', 'f("\\(a)" + x)'],
	["swift", 'f("\\(║)" + x)', 'a)" + x)', 'f("\\(a)" + x)'],
])(
	"%s: the last of several closers isn't taken for the first at %j",
	(languageId, fixture, text, expected) => {
		expect(accepted(languageId, fixture, text)).toBe(expected);
	},
);
