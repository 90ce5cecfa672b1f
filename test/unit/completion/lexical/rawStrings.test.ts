import { describe, expect, test } from "vitest";
import { cursorClosers } from "../../../../src/completion/lexical/cursorClosers.ts";
import { lexicalRulesOf } from "../../../../src/completion/lexical/lexicalRules.ts";
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

test("each brace in a string costs the same, however many are open", () => {
	const startedAt = performance.now();
	const closers = cursorClosers({
		linePrefix: 's = "',
		restOfLine: '";',
		text: "{".repeat(100_000),
		rules: lexicalRulesOf("java"),
		where: "leading",
	});
	expect(closers.covered).toBe(0);
	// With a look at all that are open it takes many times as long.
	expect(performance.now() - startedAt).toBeLessThan(2000);
});
