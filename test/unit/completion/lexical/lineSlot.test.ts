import { describe, expect, test } from "vitest";
import { lineSlot, maxLineUnits } from "../../../../src/completion/lexical/lineSlot.ts";

function slotAt(languageId: string, fixture: string): string {
	const [linePrefix = "", restOfLine = ""] = fixture.split("║");
	const slot = lineSlot({ linePrefix, restOfLine, languageId });
	switch (slot.kind) {
		case "anything":
		case "word":
			return slot.kind;
		case "item":
			return `item ${slot.separators}`;
		case "silent":
			return slot.reason;
	}
}

/** The languages, the line, and what may be put in at `║`. */
type Case = readonly [languageIds: string, line: string, slot: string];

const cases: readonly Case[] = [
	// Arguments, elements and keys.
	["typescript python go rust java c", "foo(a, ║, c)", "anything"],
	["typescript python go rust java c", "foo(a, na║, c)", "anything"],
	["typescript python go rust java c", "foo(a║, c)", "anything"],
	["typescript python go rust java c", "foo(a, ║c)", "item ,"],
	["typescript python go rust java c", "foo(║c)", "item ,"],
	["typescript python go rust java c", 'foo(║"c")', "item ,"],
	["typescript python", "foo(║...args)", "item ,"],
	["typescript python", "x = [1, ║2]", "item ,"],
	["typescript python", "x = { ║a: 1 }", "item ,;"],
	["typescript", 'import { ║ } from "a";', "anything"],
	["typescript", 'import { a, ║b } from "a";', "item ,"],
	["typescript python", "foo(bar(║), c)", "anything"],
	["typescript", "foo(a, ║).then(b)", "anything"],
	["typescript", "for (let i = 0;║ i < n; i++) {", "item ;"],
	["python", "f(║name=1)", "item ,"],
	// Parameters and types.
	["typescript", "function f(a: string, ║b: number) {", "item ,"],
	["typescript", "function f(a: string, ║): void {", "anything"],
	["typescript", "const x: ║ = 3;", "anything"],
	["typescript", "const x: str║ = 3;", "anything"],
	["typescript", "f((a: ║) => a.b);", "anything"],
	["typescript", "function f(x: ║, y: number) {", "anything"],
	["typescript", "function f(): ║ { return 1; }", "anything"],
	["typescript", "const m = new Map<║>();", "anything"],
	["typescript", "const m = new Map<║string>();", "item ,"],
	["typescript", "let x = useState<string | ║null>(0);", "insideLine"],
	["python", "def f(a: ║, b: int) -> str:", "anything"],
	["python", "def f(self) -> ║: pass", "anything"],
	["rust", "fn f(x: ║, y: u8) -> u8 {", "anything"],
	["go", "func f(a ║, b int) error {", "anything"],
	["go", "func (s *║) Name() string {", "anything"],
	["java", "User ║ = new User();", "anything"],
	["c", "int f(int ║, int b);", "anything"],
	// Operands.
	["typescript", "if (║ && ok) {", "anything"],
	["typescript", "if (rea║ && ok) {", "anything"],
	["typescript", "x = ║ ? 1 : 2;", "anything"],
	["typescript", "x = ok ? ║ : 2;", "anything"],
	["typescript", "for (const ║ of items) {", "anything"],
	["typescript", "return ║.map((x) => x);", "anything"],
	["typescript", "items.║((x) => x.id);", "anything"],
	["typescript", "const ║ = foo();", "anything"],
	["typescript", "items.map(║ => x.id);", "anything"],
	["typescript", "const s = `Hi ${║} bye`;", "anything"],
	["typescript", "x = ║ // note", "anything"],
	["python shellscript ruby", "x = ║ # note", "anything"],
	["python", "x = ║ if y else z", "anything"],
	["python", "[x for ║ in xs]", "anything"],
	["python", "assert ║ is not None", "anything"],
	["sql", "SELECT ║ FROM t;", "anything"],
	// Strings, where they end.
	["typescript", 'fetch("║", options)', "anything"],
	["typescript", 'fetch("/api║", options)', "anything"],
	// Tags.
	["html vue svelte typescriptreact", '<div ║class="x">', "word"],
	["html vue svelte typescriptreact", '<div ║ class="x">', "word"],
	["html vue svelte typescriptreact", '<div id="a" ║ class="x">', "word"],
	["html vue svelte typescriptreact", '<div id="a"║ class="x">', "word"],
	["html typescriptreact", '<div id="║" class="x">', "anything"],
	["html typescriptreact", "<li>║</li>", "anything"],
	["typescriptreact", "<Foo bar={║} baz={1} />", "anything"],
	["vue typescriptreact", '  ║ id="b"', "word"],

	// In a word, or directly in front of one.
	["typescript python html", "con║st a = b", "insideWord"],
	["typescript python", "foo(n║b)", "insideWord"],
	["typescript", "const a = ║b;", "insideLine"],
	["typescript", "a.║b", "insideLine"],
	["typescript", "if (!║ready) {", "insideLine"],
	["typescript", "return ║value;", "insideLine"],
	["typescript", "║return value;", "insideLine"],
	["typescript", "\t║foo();", "insideLine"],
	// Nothing is due.
	["typescript", "foo() ║+ 1;", "insideLine"],
	["typescript", "const x ║of items", "insideLine"],
	["typescript", "if (x) ║{ return; }", "insideLine"],
	["typescript", "a = b ║ c", "insideLine"],
	["typescript", "x = ║ -1;", "insideLine"],
	// Words of a text.
	["typescript", 'const s = "Hello ║ world";', "insideLine"],
	["typescript", "foo(); // A note, ║, about it", "insideLine"],
	["python", "x = 1  # a note (║, b)", "insideLine"],
	["markdown plaintext latex", "I like apples, ║, and pears.", "insideLine"],
	["html", "<p>Hello ║ world</p>", "insideLine"],
];

describe("within a line", () => {
	test.each(
		cases.flatMap(([languageIds, line, slot]) =>
			languageIds.split(" ").map((languageId) => [languageId, line, slot] as const),
		),
	)("%s: at the cursor of %j there is a place for: %s", (languageId, line, slot) => {
		expect(slotAt(languageId, line)).toBe(slot);
	});

	test("nothing is put into a line that a program wrote", () => {
		const item = "foo(a), ";
		const long = `x = [${item.repeat(maxLineUnits / item.length)}║, b]`;
		expect(slotAt("typescript", long)).toBe("lineTooLong");
		expect(slotAt("typescript", `x(║${",".repeat(100_000)})`)).toBe("lineTooLong");
	});
});
