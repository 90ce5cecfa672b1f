import { describe, expect, test } from "vitest";
import { lexicalRulesOf } from "../../../../src/completion/lexical/lexicalRules.ts";
import { LexicalScanner } from "../../../../src/completion/lexical/lexicalScanner.ts";
import type { OpenFrame } from "../../../../src/completion/lexical/openFrame.ts";
import { accepted } from "../../../support/acceptedText.ts";

/** Languages, the line, what the model wrote, and the document when it was accepted. */
type Case = readonly [languageIds: string, fixture: string, text: string, expected: string];

const cases: readonly Case[] = [
	["cpp c plaintext", 'auto s = R"(║)";', 'a"b)";', 'auto s = R"(a"b)";'],
	["cpp", 'auto s = u8R"(║)";', 'it\'s (")";', 'auto s = u8R"(it\'s (")";'],
	["cpp plaintext", 'f(R"x(║)x");', 'a)"b)x");', 'f(R"x(a)"b)x");'],
	["cpp", 'f(R"(║)");', 'a\\)");', 'f(R"(a\\)");'],
	["rust plaintext", 'let s = r#"║"#;', 'a"b"#;', 'let s = r#"a"b"#;'],
	["rust", 'f(br##"║"##)', 'a"#b"##)', 'f(br##"a"#b"##)'],
	["rust", 'f(r"║")', 'C:\\")', 'f(r"C:\\")'],
	["csharp fsharp", 'var p = @"C:║";', '\\";', 'var p = @"C:\\";'],
	["csharp", 'f(@"║");', 'a""b\\");', 'f(@"a""b\\");'],
	["csharp", 'f($@"{║}");', 'a}\\");', 'f($@"{a}\\");'],
	["csharp kotlin scala", 'f("""║""")', 'a\\""")', 'f("""a\\""")'],
	["swift", 'f(#"║"#)', 'a"b\\"#)', 'f(#"a"b\\"#)'],
	["swift", 'f(#"\\#(║)"#)', 'a)"#)', 'f(#"\\#(a)"#)'],
	["dart", "f(r'║')", "\\')", "f(r'\\')"],
	["r", 'f(r"(║)")', 'C:\\"b)")', 'f(r"(C:\\"b)")'],
	["r", 'f(R"--[║]--")', 'a]"]--")', 'f(R"--[a]"]--")'],
	["powershell", '$a = "║"', 'a`"b""c"', '$a = "a`"b""c"'],
	["python", 'f(r"║")', '(a|\\"b")', 'f(r"(a|\\"b")'],
];

describe("strings in which a backslash or a quote stands for itself", () => {
	test.each(
		cases.flatMap(([languageIds, ...rest]) =>
			languageIds.split(" ").map((languageId) => [languageId, ...rest] as const),
		),
	)("%s: %j takes what closes it from %j", (languageId, fixture, text, expected) => {
		expect(accepted(languageId, fixture, text)).toBe(expected);
	});
});

test.each([
	["zig", 'f("a\\║");', '"b");', 'f("a\\"b");'],
	["java", 's = """a\\║""";', '"""b""";', 's = """a\\"""b""";'],
	["powershell", '$a = "a`║"', '"b"', '$a = "a`"b"'],
])(
	"%s: a sign before the cursor escapes what is put in at %j",
	(languageId, fixture, text, expected) => {
		expect(accepted(languageId, fixture, text)).toBe(expected);
	},
);

test.each([
	["python", "x = f'{{║}}'", "a}}'", "x = f'{{a}}'"],
	["python", "x = f'{{{║}}}'", "a}}}'", "x = f'{{{a}}}'"],
	["python", "x = f'{{{a}║}}'", "}}'", "x = f'{{{a}}}'"],
	["python", "x = f'{{{a}}║}'", "}'", "x = f'{{{a}}}'"],
	["csharp", 's = $"{{{a}║}}";', '}}";', 's = $"{{{a}}}";'],
	["plaintext", 'echo "$(f "x"║)"', ')"', 'echo "$(f "x")"'],
])("%s: what two braces stand for closes nothing at %j", (languageId, fixture, text, expected) => {
	expect(accepted(languageId, fixture, text)).toBe(expected);
});

test("a brace in a string is read without a look at all that are open", () => {
	const braces = 1000;
	let looks = 0;
	const string: OpenFrame = {
		close: '"',
		get kind(): OpenFrame["kind"] {
			looks++;
			return "string";
		},
		rule: lexicalRulesOf("java").strings.find(({ delimiter }) => delimiter === '"'),
		hasHoleBraces: false,
	};
	const scanner = new LexicalScanner("{".repeat(braces), lexicalRulesOf("java"), [string]);
	while (scanner.offset < braces) {
		scanner.step(braces);
	}
	expect(scanner.open).toHaveLength(braces + 1);
	// Only while nothing is open in it: at the first brace.
	expect(looks).toBeLessThan(10);
});
