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

describe("a block is placed, or refused where its place is not certain", () => {
	test("py stub kept", () => {
		expect(
			applied(
				block(
					"python",
					"class P:\n    def a(self): ...\n    def b(self): ...\n    def c(self): ...",
				),
				"a.py",
				"class P:\n    def a(self): ...\n    def b(self): ...\n",
			),
		).toBe("class P:\n    def a(self): ...\n    def b(self): ...\n    def c(self): ...\n");
	});
	test("py overloads", () => {
		expect(
			applied(
				block(
					"python",
					"@overload\ndef f(a: int) -> int:\n    ...\n@overload\ndef f(a: str) -> str:\n    ...\ndef f(a):\n    return a * 2",
				),
				"a.py",
				"from typing import overload\n\n@overload\ndef f(a: int) -> int:\n    ...\n@overload\ndef f(a: str) -> str:\n    ...\ndef f(a):\n    return a\n\nx = f(1)\n",
			),
		).toBe(
			"from typing import overload\n\n@overload\ndef f(a: int) -> int:\n    ...\n@overload\ndef f(a: str) -> str:\n    ...\ndef f(a):\n    return a * 2\n\nx = f(1)\n",
		);
	});
	test("ts overloads", () => {
		expect(
			applied(
				block(
					"ts",
					"function f(a: number): void;\nfunction f(a: string): void;\nfunction f(a: unknown): void {\n  use(a, 2);\n}",
				),
				"a.ts",
				"import x from 'x';\nfunction f(a: number): void;\nfunction f(a: string): void;\nfunction f(a: unknown): void {\n  use(a);\n}\nf(1);\n",
			),
		).toBe(
			"import x from 'x';\nfunction f(a: number): void;\nfunction f(a: string): void;\nfunction f(a: unknown): void {\n  use(a, 2);\n}\nf(1);\n",
		);
	});
	test("getter setter", () => {
		expect(
			applied(
				block("ts", "get x() {\n  return this.#x + 1;\n}\n\nset x(v) {\n  this.#x = v - 1;\n}"),
				"a.ts",
				"class A {\n  #x = 0;\n\n  get x() {\n    return this.#x;\n  }\n\n  set x(v) {\n    this.#x = v;\n  }\n}\n",
			),
		).toBe(
			"class A {\n  #x = 0;\n\n  get x() {\n    return this.#x + 1;\n  }\n\n  set x(v) {\n    this.#x = v - 1;\n  }\n}\n",
		);
	});
	test("py property", () => {
		expect(
			applied(
				block(
					"python",
					"@property\ndef x(self):\n    return self._x + 1\n\n@x.setter\ndef x(self, v):\n    self._x = v - 1",
				),
				"a.py",
				"class A:\n    @property\n    def x(self):\n        return self._x\n\n    @x.setter\n    def x(self, v):\n        self._x = v\n",
			),
		).toBe(
			"class A:\n    @property\n    def x(self):\n        return self._x + 1\n\n    @x.setter\n    def x(self, v):\n        self._x = v - 1\n",
		);
	});
	test("same method in two classes", () => {
		expect(
			applied(
				block("js", "run() {\n  return 3;\n}\n\nstop() {\n  return 4;\n}"),
				"a.js",
				"class A {\n  run() {\n    return 1;\n  }\n}\n\nclass B {\n  run() {\n    return 1;\n  }\n\n  stop() {\n    return 2;\n  }\n}\n",
			),
		).toBe(
			"class A {\n  run() {\n    return 1;\n  }\n}\n\nclass B {\n  run() {\n    return 3;\n  }\n\n  stop() {\n    return 4;\n  }\n}\n",
		);
	});
	test("ambiguous method", () => {
		expect(
			applied(
				block("js", "run() {\n  return 3;\n}"),
				"a.js",
				"class A {\n  run() {\n    return 1;\n  }\n}\n\nclass B {\n  run() {\n    return 1;\n  }\n}\n",
			),
		).toMatch(/^refused: /);
	});
	test("reverse order", () => {
		expect(
			applied(
				block("js", "function b() {\n  return 22;\n}\n\nfunction a() {\n  return 11;\n}"),
				"a.js",
				"import x from 'x';\n\nfunction a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n",
			),
		).toBe(
			"import x from 'x';\n\nfunction a() {\n  return 11;\n}\n\nfunction b() {\n  return 22;\n}\n",
		);
	});
	test("decl between kept", () => {
		expect(
			applied(
				block("js", "function a(x) {\n  return 11;\n}\n\nfunction c(x) {\n  return 33;\n}"),
				"a.js",
				"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n\nfunction c() {\n  return 3;\n}\n",
			),
		).toBe(
			"function a(x) {\n  return 11;\n}\n\nfunction b() {\n  return 2;\n}\n\nfunction c(x) {\n  return 33;\n}\n",
		);
	});
	test("file of four", () => {
		expect(
			applied(
				block(
					"js",
					"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 22;\n}\n\nfunction d() {\n  return 4;\n}",
				),
				"a.js",
				"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n\nfunction c() {\n  return 3;\n}\n\nfunction d() {\n  return 4;\n}\n",
			),
		).toBe(
			"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 22;\n}\n\nfunction c() {\n  return 3;\n}\n\nfunction d() {\n  return 4;\n}\n",
		);
	});
	test("new first", () => {
		expect(
			applied(
				block("js", "function z() {\n  return 0;\n}\n\nfunction a() {\n  return z();\n}"),
				"a.js",
				"import x from 'x';\n\nfunction a() {\n  return 1;\n}\n\nexport { a };\n",
			),
		).toBe(
			"import x from 'x';\n\nfunction z() {\n  return 0;\n}\n\nfunction a() {\n  return z();\n}\n\nexport { a };\n",
		);
	});
	test("import + function", () => {
		expect(
			applied(
				block("ts", "import { z } from './z';\n\nfunction a() {\n  return z();\n}"),
				"a.ts",
				"import x from 'x';\n\nfunction a() {\n  return 1;\n}\n\nexport { a };\n",
			),
		).toBe(
			"import x from 'x';\nimport { z } from './z';\n\nfunction a() {\n  return z();\n}\n\nexport { a };\n",
		);
	});
	test("import changed + function", () => {
		expect(
			applied(
				block("ts", "import x, { y } from 'x';\n\nfunction a() {\n  return y();\n}"),
				"a.ts",
				"import x from 'x';\n\nfunction a() {\n  return 1;\n}\n\nexport { a };\nmore();\nevenMore();\nlast();\n",
			),
		).toBe(
			"import x, { y } from 'x';\n\nfunction a() {\n  return y();\n}\n\nexport { a };\nmore();\nevenMore();\nlast();\n",
		);
	});
	test("range: block has another declaration", () => {
		expect(
			applied(
				block("js", "function a() {\n  return 11;\n}\n\nfunction b() {\n  return 22;\n}"),
				"a.js",
				"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n",
				{ start: 0, end: 28 },
			),
		).toMatch(/^refused: /);
	});
	test("range with stand-in", () => {
		expect(
			applied(
				block("js", "function a() {\n  // ... existing code ...\n  more();\n}"),
				"a.js",
				"function a() {\n  x();\n  y();\n}\n\nb();\n",
				{ start: 0, end: 31 },
			),
		).toBe("function a() {\n  x();\n  y();\n  more();\n}\n\nb();\n");
	});
	test("range only stand-in at ends", () => {
		expect(
			applied(
				block("js", "// ... existing code ...\ny(2);\n// ... existing code ...").slice(0),
				"a.js",
				"function a() {\n  x();\n  y();\n  z();\n}\n\nb();\n",
				{ start: 0, end: 39 },
			),
		).toMatch(/^refused: /);
	});
	test("css", () => {
		expect(
			applied(
				block(
					"css",
					".a {\n  color: red;\n}\n\n/* other rules unchanged */\n\n.c {\n  color: blue;\n}",
				),
				"a.css",
				".a {\n    color: green;\n}\n\n.b {\n    color: green;\n}\n\n.c {\n    color: green;\n}\n",
			),
		).toBe(".a {\n    color: red;\n}\n\n.b {\n    color: green;\n}\n\n.c {\n    color: blue;\n}\n");
	});
	test("yaml", () => {
		expect(
			applied(
				block(
					"yaml",
					"jobs:\n    # other jobs unchanged\n    test:\n        runs-on: mac\n        steps:\n            - uses: a\n              with:\n                  x: 1",
				),
				"a.yml",
				"on: push\njobs:\n  lint:\n    runs-on: linux\n  test:\n    runs-on: linux\n    steps:\n      - uses: a\n",
			),
		).toBe(
			"on: push\njobs:\n  lint:\n    runs-on: linux\n  test:\n    runs-on: mac\n    steps:\n      - uses: a\n        with:\n          x: 1\n",
		);
	});
	test("make", () => {
		expect(
			applied(
				block("make", "build: a b\n    cc a\n\ntest: build\n    ./t -v"),
				"Makefile",
				"build: a\n\tcc a\n\ntest: build\n\t./t\n\nclean:\n\trm a\n",
			),
		).toBe("build: a b\n\tcc a\n\ntest: build\n\t./t -v\n\nclean:\n\trm a\n");
	});
	test("haskell", () => {
		expect(
			applied(
				block(
					"haskell",
					"area :: Int -> Int -> Int\narea w h = w * h\n\nlabel :: Int -> String\nlabel n = show (n + 1)",
				),
				"A.hs",
				"module A where\n\narea :: Int -> Int\narea w = w * w\n\nlabel :: Int -> String\nlabel n = show n\n",
			),
		).toBe(
			"module A where\n\narea :: Int -> Int -> Int\narea w h = w * h\n\nlabel :: Int -> String\nlabel n = show (n + 1)\n",
		);
	});
	test("legit comment", () => {
		expect(
			applied(
				block("ts", "function a() {\n  // keep the existing connection\n  x(2);\n  y();\n}"),
				"a.ts",
				"const q = 1;\nfunction a() {\n  x();\n  y();\n}\n",
			),
		).toBe("const q = 1;\nfunction a() {\n  // keep the existing connection\n  x(2);\n  y();\n}\n");
	});
	test("legit rest of", () => {
		expect(
			applied(
				block(
					"ts",
					"function a(s) {\n  // returns the rest of the string\n  return s.slice(1);\n}",
				),
				"a.ts",
				"const q = 1;\nfunction a(s) {\n  return s;\n}\n",
			),
		).toBe(
			"const q = 1;\nfunction a(s) {\n  // returns the rest of the string\n  return s.slice(1);\n}\n",
		);
	});
	test("body + stand-in + new last", () => {
		expect(
			applied(
				block("ts", "function a(s) {\n  // ... existing validation\n  return s.slice(1);\n}"),
				"a.ts",
				"const q = 1;\nfunction a(s) {\n  if (!s) throw 1;\n  check(s);\n  return s.slice(0);\n}\n",
			),
		).toBe(
			"const q = 1;\nfunction a(s) {\n  if (!s) throw 1;\n  check(s);\n  return s.slice(1);\n}\n",
		);
	});
	test("js braces dots inline", () => {
		expect(
			applied(
				block("js", "function a() {\n  return 2;\n}\n\nfunction b() { ... }"),
				"a.js",
				"function a() {\n  return 1;\n}\n\nfunction b() {\n  x();\n  y();\n}\n",
			),
		).toMatch(/^refused: /);
	});
	test("python pass # existing", () => {
		expect(
			applied(
				block("python", "def a():\n    return 2\n\ndef b():\n    pass  # existing code"),
				"a.py",
				"def a():\n    return 1\n\ndef b():\n    x()\n    y()\n",
			),
		).toMatch(/^refused: /);
	});
	test("json", () => {
		expect(
			applied(
				block(
					"json",
					'{\n    "scripts": {\n        // ... existing scripts\n        "lint": "eslint"\n    }\n}',
				),
				"package.json",
				'{\n  "name": "x",\n  "scripts": {\n    "build": "b"\n  },\n  "type": "module"\n}\n',
			),
		).toBe(
			'{\n  "name": "x",\n  "scripts": {\n    "build": "b",\n    "lint": "eslint"\n  },\n  "type": "module"\n}\n',
		);
	});
	test("json dots", () => {
		expect(
			applied(
				block("json", '{\n  ...\n  "version": "2",\n  ...\n}'),
				"package.json",
				'{\n  "name": "x",\n  "version": "1",\n  "type": "module"\n}\n',
			),
		).toBe('{\n  "name": "x",\n  "version": "2",\n  "type": "module"\n}\n');
	});
	test("ts object", () => {
		expect(
			applied(
				block("ts", "const o = {\n  // existing options\n  z: 1,\n};"),
				"a.ts",
				"const o = {\n  x: 1,\n  y: 2\n};\nuse(o);\n",
			),
		).toBe("const o = {\n  x: 1,\n  y: 2,\n  z: 1,\n};\nuse(o);\n");
	});
	test("tests", () => {
		expect(
			applied(
				block(
					"ts",
					"describe('a', () => {\n  // existing tests unchanged\n\n  it('c', () => {\n    expect(1).toBe(1);\n  });\n});",
				),
				"a.test.ts",
				"import x from 'x';\n\ndescribe('a', () => {\n\tit('b', () => {\n\t\tx();\n\t});\n});\n",
			),
		).toBe(
			"import x from 'x';\n\ndescribe('a', () => {\n\tit('b', () => {\n\t\tx();\n\t});\n\n\tit('c', () => {\n\t\texpect(1).toBe(1);\n\t});\n});\n",
		);
	});
	test("switch", () => {
		expect(
			applied(
				block(
					"ts",
					"function f(a) {\n  switch (a) {\n    // existing cases unchanged\n    case 'z':\n      return 3;\n  }\n}",
				),
				"a.ts",
				"const u = 1;\nfunction f(a) {\n  switch (a) {\n    case 'x':\n      return 1;\n    case 'y':\n      return 2;\n  }\n}\n",
			),
		).toBe(
			"const u = 1;\nfunction f(a) {\n  switch (a) {\n    case 'x':\n      return 1;\n    case 'y':\n      return 2;\n    case 'z':\n      return 3;\n  }\n}\n",
		);
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

	test("cut in list", () => {
		expect(
			applied(
				"- do:\n  ```js\n  import x from 'x';\n\n  function a() {\n    return 11;\n  }\n\nThen.",
				"a.js",
				file,
			),
		).toMatch(/^refused: /);
	});
	test("cut one function", () => {
		expect(applied("```js\nfunction a() {\n  return 11;\n}\n", "a.js", file)).toBe(
			file.replace("return 1", "return 11"),
		);
	});
	test("md with inner fence", () => {
		expect(
			applied(
				"```md\n# T\n\nx\n\n```sh\nnpm i\n```\n\nrest\n\nmore\n```\n",
				"README.md",
				"# T\n\nx\n\n```sh\nnpm install\n```\n\nrest\n\nmore\n",
			),
		).toMatch(/^refused: /);
	});
});
