import { describe, expect, test } from "vitest";
import { codeBlocks } from "../../../../src/chat/edits/codeBlocks.ts";
import { applied, block } from "../../../support/appliedBlock.ts";

const fenced = (info: string, body = "x"): string => block(info, body).trimEnd();

describe("the path of a block", () => {
	test.each([
		[fenced('ts title="src/my file.ts"'), "src/my file.ts"],
		[fenced("ts title='src/O\"x.ts'"), 'src/O"x.ts'],
		[fenced('ts file="src/it\'s.ts"'), "src/it's.ts"],
		["**src/my file.ts**\n" + fenced("ts"), "src/my file.ts"],
		["`src/my file.ts`:\n" + fenced("ts"), "src/my file.ts"],
		["### src/100% done.md\n" + fenced("md"), "src/100% done.md"],
		["### `src/100% done.md`\n" + fenced("md"), "src/100% done.md"],
		[fenced("ts src/my file.ts"), "src/my file.ts"],
		[fenced("ts:src/my file.ts"), "src/my file.ts"],
		[fenced("src/a.ts"), "src/a.ts"],
		[fenced("12:15:src/a.ts"), "src/a.ts"],
		[fenced("ts", "// src/my file.ts\nx"), "src/my file.ts"],
		[fenced("py", "#!/usr/bin/env python\n# src/a b.py\nx"), "src/a b.py"],
		["In `src/a.ts`:\n" + fenced("ts"), "src/a.ts"],
		["Here is the code for main.ts:\n" + fenced("ts"), undefined],
		["See and/or use this.\n" + fenced("ts"), undefined],
		[fenced("ts", "/* src/a.ts */\nx"), "src/a.ts"],
		[fenced("html", "<!-- src/my page.html -->\nx"), "src/my page.html"],
		["1. **`src/a.ts`** (updated):\n" + fenced("ts"), "src/a.ts"],
		["[src/a.ts](src/a.ts)\n" + fenced("ts"), "src/a.ts"],
		['It\'s in "src/a.ts":\n' + fenced("ts"), undefined],
		[fenced("ts", "// https://x.y/z.ts\nx"), undefined],
		[fenced("diff", "--- a/src/x y.ts\n+++ b/src/x y.ts\n@@ -1 +1 @@\n-a\n+b"), "src/x y.ts"],
		[fenced("ts", "// src/a.ts:10-20\nx"), "src/a.ts"],
		[fenced("ts", "// File: a.ts\nx"), undefined],
		[fenced("ts {1,3} src/a.ts"), "src/a.ts"],
		[fenced("ts {1,3-5} showLineNumbers src/a.ts"), "src/a.ts"],
		[fenced("ts src/my file.ts {1, 3}"), "src/my file.ts"],
		[fenced("ts {1,3}"), undefined],
		[fenced("{.ts file=src/a.ts}"), "src/a.ts"],
		[fenced("ts | src/a.ts"), "src/a.ts"],
		[fenced("ts - src/a.ts"), "src/a.ts"],
		[fenced("html <!-- src/a.html -->"), "src/a.html"],
		[fenced("ts name=src/a.ts"), "src/a.ts"],
		[fenced("src/a b.ts"), "src/a b.ts"],
		[fenced('ts file="src/a\\"b.ts"'), 'src/a"b.ts'],
		[fenced('ts file="src\\a.ts"'), "src\\a.ts"],
		[fenced("vim", '" src/a.vim\nx'), "src/a.vim"],
		[fenced("vb", "' src/a.vb\nx"), "src/a.vb"],
		[fenced("fortran", "! src/a.f90\nx"), "src/a.f90"],
		[fenced("json", '"src/a.ts"\nx'), undefined],
		[fenced("py", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# src/a.py\nx"), "src/a.py"],
		["**`src/a.ts`** — updated\n" + fenced("ts"), "src/a.ts"],
	])("is read from %j", (markdown, path) => {
		expect(codeBlocks(markdown)[0]?.pathHint).toBe(path);
	});

	const file = "import x from 'x';\n\nfunction a() {\n  return 1;\n}\n";
	const part = "function a() {\n  return 2;\n}";
	const changed = file.replace("1", "2");

	describe.each([
		"src/a.ts",
		"src/my file.ts",
		"src/it's.ts",
		"src/100%.ts",
		"src/a%20b.ts",
		"src/café.ts",
		'src/"q".ts',
	])("%j", (path) => {
		test("is a comment in the first line, which stays out of the file", () => {
			expect(applied(block("ts", `// ${path}\n${part}`), path, file)).toBe(changed);
			expect(applied(block("ts", `// ${path}\n${changed}`), path, file)).toBe(changed);
			expect(applied(block("ts", `// ${path}\n\nconst a = 1;`), path, "")).toBe("const a = 1;\n");
		});

		test("is that comment where the file begins with it", () => {
			const [before, after] = [file, changed].map((text) => `// ${path}\n${text}`);
			expect(applied(block("ts", after ?? ""), path, before ?? "")).toBe(after);
		});

		test("is one file, however its accents are written", () => {
			for (const [written, present] of [
				["NFC", "NFD"],
				["NFD", "NFC"],
			] as const) {
				const answer = `**\`${path.normalize(written)}\`**\n${block("ts", part)}`;
				expect(applied(answer, path.normalize(present), file)).toBe(changed);
			}
		});

		test("is no other file", () => {
			const answer = `**\`${path}\`**\n${block("ts", part)}`;
			expect(applied(answer, "other.ts", file)).toMatch(
				/^refused: The answer is about another file/,
			);
		});
	});

	test("encoded", () => {
		expect(
			applied(
				"`src/my%20file.ts`\n" + block("ts", `function a() {\n  return 2;\n}`),
				"src/my file.ts",
				file,
			),
		).toBe(file.replace("1", "2"));
	});
	test("bare name comment", () => {
		expect(applied(block("ts", `// a.ts\nfunction a() {\n  return 2;\n}`), "src/a.ts", file)).toBe(
			file.replace("1", "2"),
		);
	});
	test("path comment in file", () => {
		expect(
			applied(
				block("ts", `// src/a.ts\n` + file.replace("1", "2")),
				"src/a.ts",
				"// src/a.ts\n" + file,
			),
		).toBe("// src/a.ts\n" + file.replace("1", "2"));
	});
});
