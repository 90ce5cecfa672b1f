import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

/** A whole file in which one place is another. */
function expectChanged(path: string, file: string, from: string, to: string): void {
	const wanted = file.replace(from, to);
	expect(applied(block("", wanted.trimEnd()), path, file)).toBe(wanted);
}

describe("a line that begins with dots is code", () => {
	test.each([
		[
			"dart spread",
			"a.dart",
			"final all = [\n  'a',\n  'b',\n];\n",
			"  'b'",
			"  ...base,\n  ...?more,\n  'b'",
		],
		[
			"php spread",
			"a.php",
			"<?php\n$all = [\n    'a',\n    'b',\n];\n",
			"    'b'",
			"    ...$base,\n    'b'",
		],
		[
			"jsx spread attr",
			"a.jsx",
			"export const A = (props) => (\n  <B\n    x={1}\n  />\n);\n",
			"    x={1}",
			"    {...props}\n    x={1}",
		],
		[
			"c variadic",
			"a.c",
			"int log_it(\n    const char *format);\n",
			"format);",
			"format,\n    ...);",
		],
		[
			"c variadic line",
			"a.c",
			"int log_it(\n    const char *format\n);\n",
			"format\n",
			"format,\n    ...\n",
		],
		["r dots", "a.r", "f <- function(\n  x\n) {\n  g(x)\n}\n", "  x\n", "  x,\n  ...\n"],
		[
			"lua dots",
			"a.lua",
			"local function f(a)\n  return g(\n    a\n  )\nend\n",
			"    a\n",
			"    a,\n    ...\n",
		],
		[
			"rust update",
			"a.rs",
			"fn f() -> A {\n    A {\n        x: 1,\n    }\n}\n",
			"        x: 1,\n",
			"        x: 1,\n        ..Default::default()\n",
		],
		["ruby range", "a.rb", "x = [\n  1,\n  2\n]\n", "  1,\n", "  (1\n  ...3),\n"],
		["swift range", "a.swift", "let x = a[\n    b\n]\n", "    b\n", "    ...b\n"],
		[
			"python ellipsis index",
			"a.py",
			"x = a[\n    0,\n    1,\n]\n",
			"    0,\n",
			"    ...,\n    0,\n",
		],
		[
			"python body",
			"a.py",
			"def f():\n    pass\n\n\ndef g():\n    return 1\n",
			"    pass",
			"    ...",
		],
		[
			"ts rest type",
			"a.ts",
			"type A = [\n  string,\n];\n",
			"  string,\n",
			"  string,\n  ...number[],\n",
		],
		["ts rest destructure", "a.ts", "const {\n  a,\n} = b;\n", "  a,\n", "  a,\n  ...rest\n"],
		[
			"ts spread existing",
			"a.ts",
			"const a = {\n  x: 1,\n};\nexport { a };\n",
			"  x: 1,\n",
			"  ...existing,\n  ...rest,\n  ...other.code,\n  x: 1,\n",
		],
		[
			"ts spread call",
			"a.ts",
			"const a = [\n  1,\n];\nexport { a };\n",
			"  1,\n",
			"  ...existing.map((x) => x),\n  ... (await rest()),\n  1,\n",
		],
		[
			"commented spread in file",
			"a.ts",
			"const a = {\n  // ...base,\n  x: 1,\n};\n",
			"x: 1",
			"x: 2",
		],
		[
			"comment out spread",
			"a.ts",
			"const a = {\n  ...base,\n  x: 1,\n};\n",
			"  ...base",
			"  // ...base",
		],
		[
			"go variadic",
			"a.go",
			"package a\n\nfunc f(\n\ta int,\n) {\n\tg(a)\n}\n",
			"\ta int,\n",
			"\ta ...int,\n",
		],
	])("in %s", (_, path, file, from, to) => {
		expectChanged(path, file, from, to);
	});
});

describe("an answer that was cut", () => {
	const file =
		"import x from 'x';\n\nfunction a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n\nfunction c() {\n  return 3;\n}\n";
	const whole = file.replace("return 1", "return 11");

	test.each(Array.from({ length: whole.length - 1 }, (_, at) => at + 1))(
		"never deletes the rest of a file: after %d units",
		(length) => {
			const result = applied(`\`\`\`js\n${whole.slice(0, length)}`, "a.js", file);
			expect(result.startsWith("refused: ") || result === whole).toBe(true);
		},
	);

	test("is refused when its list ends before its code", () => {
		expect(
			applied(
				"- do:\n  ```js\n  import x from 'x';\n\n  function a() {\n    return 11;\n  }\n\nThen.",
				"a.js",
				file,
			),
		).toMatch(/^refused: /);
	});
	test("is applied when all of its one declaration is there", () => {
		expect(applied("```js\nfunction a() {\n  return 11;\n}\n", "a.js", file)).toBe(
			file.replace("return 1", "return 11"),
		);
	});
	test("is refused when a fence in the code closed it", () => {
		expect(
			applied(
				"```md\n# T\n\nx\n\n```sh\nnpm i\n```\n\nrest\n\nmore\n```\n",
				"README.md",
				"# T\n\nx\n\n```sh\nnpm install\n```\n\nrest\n\nmore\n",
			),
		).toMatch(/^refused: /);
	});
});
