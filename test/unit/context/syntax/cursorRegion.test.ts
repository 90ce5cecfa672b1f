import { afterAll, describe, expect, test } from "vitest";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { cursorFile } from "../../../support/fixture.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);
afterAll(() => syntax.dispose());

async function check(languageId: string, fixture: string, expected: string): Promise<void> {
	const { text, offset } = cursorFile(fixture);
	const position = await syntax.positionAt(
		{ languageId, text, offset },
		new AbortController().signal,
	);
	expect(position.kind).toBe(expected);
}

describe("comments and strings", () => {
	test.each([
		["typescript", "// a║", "comment"],
		["typescript", "// a║\nb();", "comment"],
		["typescript", "// a\n║b();", "code"],
		["typescript", "/* a ║ b */", "comment"],
		["typescript", "/* a */║", "code"],
		["typescript", "/** a\n * ║\n */\nb();", "comment"],
		["typescript", 'const a = "b║c";', "string"],
		["typescript", 'const a = "║";', "string"],
		["typescript", 'const a = "b"║;', "code"],
		["typescript", 'const a = ║"b";', "code"],
		["typescript", 'const a = "b║\nfoo();\n', "string"],
		["typescript", 'foo("║', "string"],
		["typescript", "const a = `b║c`;", "string"],
		["typescript", "const a = `b${║c}`;", "code"],
		["typescript", "const a = `b${c}║d`;", "string"],
		["typescript", "const a = /b║c/;", "string"],
		["typescript", 'const a = "🙂" + ║b;', "code"],
		["javascript", "// a║", "comment"],
		["typescriptreact", "const a = <b>{/* ║ */}</b>;", "comment"],
		["python", "# a║", "comment"],
		["python", "x = 1  # a║\n", "comment"],
		["python", 'x = "a║b"', "string"],
		["python", 'x = f"a{║b}"', "code"],
		["python", 'def f():\n    """Adds║\n', "string"],
		["go", "// a║", "comment"],
		["rust", "// a║", "comment"],
		["java", "// a║", "comment"],
		["cpp", "/* a║ */", "comment"],
		["go", 'x := "a║b"', "string"],
		["rust", 'let x = "a║b";', "string"],
		["java", 'String x = "a║b";', "string"],
		["cpp", 'auto x = "a║b";', "string"],
	])("%s: %s", check);
});

test("a missing grammar is unknown", async () => {
	const broken = new LocalSyntax({ ...grammarFiles, folder: "nowhere" });
	const signal = new AbortController().signal;
	expect(await broken.positionAt({ languageId: "python", text: "", offset: 0 }, signal)).toEqual({
		kind: "unknown",
	});
	await broken.dispose();
});
