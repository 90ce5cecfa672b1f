import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

const file = "export function a() {\n  return 1;\n}\n\nexport function b() {\n  return 2;\n}\n";
const changed = file.replace("1", "10");

describe("a diff in a block of code", () => {
	test.each([
		["with the signs alone", "export function a() {\n-  return 1;\n+  return 10;\n}"],
		["with a margin", "  export function a() {\n-   return 1;\n+   return 10;\n  }"],
		["with unchanged lines moved", " export function a() {\n-  return 1;\n+  return 10;\n }"],
		[
			"with the head of a hunk",
			"@@ -1,3 +1,3 @@\n export function a() {\n-  return 1;\n+  return 10;\n }",
		],
	])("%s is applied as one", (_, content) => {
		expect(applied(block("ts", content), "a.ts", file)).toBe(changed);
	});

	test("that only adds lines, and one that takes a blank line away", () => {
		expect(
			applied(block("ts", "export function a() {\n+  log();\n  return 1;\n}"), "a.ts", file),
		).toBe(file.replace("{\n", "{\n  log();\n"));
		expect(
			applied(block("ts", " }\n-\n-export function b() {\n+function b() {"), "a.ts", file),
		).toBe(file.replace("\n\nexport", "\nexport").replace("export function b", "function b"));
	});

	test("doesn't write its signs where it doesn't fit", () => {
		expect(
			applied(block("ts", "export function a() {\n-  return 2;\n+  return 10;\n}"), "a.ts", file),
		).toMatch(/^refused: The diff does not fit a\.ts/);
	});

	test.each([
		["md", "a.md", "# A\n\n- x\n- y\n", "# A\n\n- x\n- z"],
		["md", "a.md", "# A\n\n--\n\nc\n", "# A\n\n---\n\nb"],
		["md", "a.md", "# A\n\nx\ny\n", "# A\n\n- x\n- y"],
		["yaml", "a.yml", "a:\n- x\n- y\n", "a:\n- x\n- z"],
		["sql", "a.sql", "-- a\nselect 1;\n", "-- b\nselect 1;"],
		["js", "a.js", 'const a = "x"\n+ "y";\n', 'const a = "x"\n+ "z"\n+ "y";'],
	])("is none in %s of lists, comments and sums", (info, path, text, content) => {
		expect([`${content}\n`, unclear(path)]).toContain(applied(block(info, content), path, text));
	});
});

const unclear = (path: string): string =>
	`refused: It is not clear where the code of the answer belongs in ${path}; select the lines that it replaces, and apply it again.`;

test.each([
	"<<<<<<< SEARCH\nexport function a() {\n  return 1;\n}\n=======\nexport function a() {\n  return 10;\n}\n>>>>>>> REPLACE",
	"export function a() {\n<<<<<<< HEAD\n  return 1;\n=======\n  return 10;\n>>>>>>> new\n}",
	"*** Begin Patch\n*** Update File: a.ts\n@@\n-  return 1;\n+  return 10;\n*** End Patch",
])("both versions of some code between marks are never written: %j", (content) => {
	for (const text of [file, ""]) {
		expect(applied(block("ts", content), "a.ts", text)).toMatch(/^refused: The answer has an old/);
	}
});

test("a text about such marks may have them", () => {
	const content = "# Conflicts\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> new";
	expect(applied(block("md", content), "a.md", "")).toBe(`${content}\n`);
});
