import { afterAll, describe, expect, test } from "vitest";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import type { SourceStructure } from "../../../../src/context/syntax/structure.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);
const { signal } = new AbortController();

afterAll(() => syntax.dispose());

/** The structure at `║`, with ranges as their first and last lines. */
async function structureAt(
	languageId: string,
	textWithCursor: string,
): Promise<{ errors: number; statement: unknown; declaration: unknown; body: unknown }> {
	const offset = textWithCursor.indexOf("║");
	const text = textWithCursor.replace("║", "");
	const structure = await syntax.structureAt(
		{ languageId, text, start: offset, end: offset },
		signal,
	);
	return shown(text, structure);
}

function shown(
	text: string,
	structure: SourceStructure | undefined,
): Awaited<ReturnType<typeof structureAt>> {
	const ends = (range: { start: number; end: number } | undefined): unknown => {
		const lines = range === undefined ? [] : text.slice(range.start, range.end).split("\n");
		return lines.length < 2 ? lines[0] : `${lines[0] ?? ""} … ${lines.at(-1) ?? ""}`;
	};
	const body = structure?.declaration?.bodyStart;
	return {
		errors: structure?.errors ?? -1,
		statement: ends(structure?.statement),
		declaration: ends(structure?.declaration),
		body: body === undefined ? undefined : text.slice(body, body + 8),
	};
}

describe("the structure around a place", () => {
	test("of TypeScript has the statement, and the declaration with its export", async () => {
		expect(
			await structureAt(
				"typescript",
				"export function f(a: number) {\n\tconst b = ║a;\n\treturn b;\n}\n",
			),
		).toEqual({
			errors: 0,
			statement: "const b = a;",
			declaration: "export function f(a: number) { … }",
			body: "{\n\tconst",
		});
	});

	test("is told at the start of a line, before its indentation", async () => {
		const found = await structureAt("typescript", "class A {\n║\tb(): void {\n\t\tc();\n\t}\n}\n");
		expect(found.declaration).toBe("b(): void { … \t}");
	});

	test("has no declaration where there is none", async () => {
		expect((await structureAt("typescript", "log(║1);\n")).declaration).toBeUndefined();
	});

	test("takes a function that a constant holds for a declaration", async () => {
		const found = await structureAt("typescript", "export const f = (): void => {\n\t║g();\n};\n");
		expect(found.declaration).toBe("export const f = (): void => { … };");
	});

	test.each([
		["python", "@x\ndef f(a):\n    return ║a\n", "@x …     return a"],
		["go", "package a\n\nfunc f() {\n\t║g()\n}\n", "func f() { … }"],
		["rust", "fn f() {\n    ║g();\n}\n", "fn f() { … }"],
		["java", "class A {\n  void f() {\n    ║g();\n  }\n}\n", "void f() { …   }"],
		["cpp", "int f() {\n  return ║1;\n}\n", "int f() { … }"],
	])("of %s has the declaration", async (languageId, text, declaration) => {
		expect((await structureAt(languageId, text)).declaration).toBe(declaration);
	});

	test("counts the places that the grammar doesn't allow", async () => {
		const { errors } = await structureAt("typescript", "const a = (1;\nfunction (\n║");
		expect(errors).toBeGreaterThan(0);
	});

	test("is unknown for a language without a grammar, and for a range beyond the text", async () => {
		const query = { text: "a", start: 0, end: 1 };
		expect(await syntax.structureAt({ ...query, languageId: "cobol" }, signal)).toBeUndefined();
		expect(
			await syntax.structureAt({ ...query, languageId: "python", end: 2 }, signal),
		).toBeUndefined();
	});
});
