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
	test("a class of stubs takes another stub", () => {
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
	test("overloads in Python are paired in order", () => {
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
	test("overloads in TypeScript are paired in order", () => {
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
	test("a getter and a setter of one name are two declarations", () => {
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
	test("a property and its setter are two declarations", () => {
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
	test("methods go to the class that has them all", () => {
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
	test("a method that two classes have is refused", () => {
		expect(
			applied(
				block("js", "run() {\n  return 3;\n}"),
				"a.js",
				"class A {\n  run() {\n    return 1;\n  }\n}\n\nclass B {\n  run() {\n    return 1;\n  }\n}\n",
			),
		).toMatch(/^refused: /);
	});
	test("declarations in another order than the file's are placed each", () => {
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
	test("a declaration between those of the block stays", () => {
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
	test("the one of four declarations that the block leaves out stays", () => {
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
	test("a new declaration stands before the one that it stands before in the block", () => {
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
	test("a new import stands with the imports", () => {
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
	test("an import that changed is placed too", () => {
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
	test("a block that changes more than the marked declaration is refused", () => {
		expect(
			applied(
				block("js", "function a() {\n  return 11;\n}\n\nfunction b() {\n  return 22;\n}"),
				"a.js",
				"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n",
				{ start: 0, end: 28 },
			),
		).toMatch(/^refused: /);
	});
	test("marked lines keep what a comment stands for", () => {
		expect(
			applied(
				block("js", "function a() {\n  // ... existing code ...\n  more();\n}"),
				"a.js",
				"function a() {\n  x();\n  y();\n}\n\nb();\n",
				{ start: 0, end: 31 },
			),
		).toBe("function a() {\n  x();\n  y();\n  more();\n}\n\nb();\n");
	});
	test("a statement between two comments is refused where it isn't found", () => {
		expect(
			applied(
				block("js", "// ... existing code ...\ny(2);\n// ... existing code ...").slice(0),
				"a.js",
				"function a() {\n  x();\n  y();\n  z();\n}\n\nb();\n",
				{ start: 0, end: 39 },
			),
		).toMatch(/^refused: /);
	});
	test("rules of a stylesheet are placed each", () => {
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
	test("YAML takes the file's unit, and lines below a bullet stay aligned", () => {
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
	test("recipes are indented by tabs", () => {
		expect(
			applied(
				block("make", "build: a b\n    cc a\n\ntest: build\n    ./t -v"),
				"Makefile",
				"build: a\n\tcc a\n\ntest: build\n\t./t\n\nclean:\n\trm a\n",
			),
		).toBe("build: a b\n\tcc a\n\ntest: build\n\t./t -v\n\nclean:\n\trm a\n");
	});
	test("equations are placed with their signatures", () => {
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
	test("a comment about what stays is a comment where nothing goes away", () => {
		expect(
			applied(
				block("ts", "function a() {\n  // keep the existing connection\n  x(2);\n  y();\n}"),
				"a.ts",
				"const q = 1;\nfunction a() {\n  x();\n  y();\n}\n",
			),
		).toBe("const q = 1;\nfunction a() {\n  // keep the existing connection\n  x(2);\n  y();\n}\n");
	});
	test("a comment about a rest is a comment where nothing goes away", () => {
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
	test("the last statement of a body is replaced below a comment", () => {
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
	test("a body of three dots is refused", () => {
		expect(
			applied(
				block("js", "function a() {\n  return 2;\n}\n\nfunction b() { ... }"),
				"a.js",
				"function a() {\n  return 1;\n}\n\nfunction b() {\n  x();\n  y();\n}\n",
			),
		).toMatch(/^refused: /);
	});
	test("a comment behind a statement that stands for a body is refused", () => {
		expect(
			applied(
				block("python", "def a():\n    return 2\n\ndef b():\n    pass  # existing code"),
				"a.py",
				"def a():\n    return 1\n\ndef b():\n    x()\n    y()\n",
			),
		).toMatch(/^refused: /);
	});
	test("a script is added to a JSON file with its commas", () => {
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
	test("an entry of a JSON file is replaced between dots", () => {
		expect(
			applied(
				block("json", '{\n  ...\n  "version": "2",\n  ...\n}'),
				"package.json",
				'{\n  "name": "x",\n  "version": "1",\n  "type": "module"\n}\n',
			),
		).toBe('{\n  "name": "x",\n  "version": "2",\n  "type": "module"\n}\n');
	});
	test("a property is added to an object with its commas", () => {
		expect(
			applied(
				block("ts", "const o = {\n  // existing options\n  z: 1,\n};"),
				"a.ts",
				"const o = {\n  x: 1,\n  y: 2\n};\nuse(o);\n",
			),
		).toBe("const o = {\n  x: 1,\n  y: 2,\n  z: 1,\n};\nuse(o);\n");
	});
	test("a test is added to a suite", () => {
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
	test("a case is added to a switch", () => {
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

describe("what stands in a block besides whole declarations", () => {
	test("arguments that are handed on with dots are code", () => {
		expect(
			applied(
				block("ruby", "def f(...)\n  g(...)\nend"),
				"a.rb",
				"x = 1\ndef f(a, b)\n  y(a)\n  z(b)\n  g(a, b)\nend\n",
			),
		).toBe("x = 1\ndef f(...)\n  g(...)\nend\n");
	});
	test("a docstring that stands for the docstring keeps it", () => {
		expect(
			applied(
				block("python", 'def f(a):\n    """existing docstring unchanged"""\n    return a + 1'),
				"a.py",
				'x = 1\ndef f(a):\n    """Adds\n    things.\n    """\n    return a\n',
			),
		).toBe('x = 1\ndef f(a):\n    """Adds\n    things.\n    """\n    return a + 1\n');
	});
	test("parts of two classes are refused", () => {
		expect(
			applied(
				block(
					"ts",
					"class A {\n  m() {\n    return 2;\n  }\n}\n\nclass B {\n  n() {\n    return 2;\n  }\n}",
				),
				"a.ts",
				"class A {\n  m() {\n    return 1;\n  }\n\n  k() {\n    return 1;\n  }\n}\n\nclass B {\n  n() {\n    return 1;\n  }\n}\n\nexport { A, B };\n",
			),
		).toMatch(/^refused: /);
	});
	test("a comment in marked lines keeps what it stands for", () => {
		expect(
			applied(
				block("ts", "function a() {\n  // existing setup\n  return 3;\n}"),
				"a.ts",
				"function a() {\n  s1();\n  s2();\n  return 1;\n}\nb();\n",
				{ start: 0, end: 50 },
			),
		).toBe("function a() {\n  s1();\n  s2();\n  return 3;\n}\nb();\n");
	});
	test("a comment in a marked body is refused where its place is not certain", () => {
		expect(
			applied(
				block("ts", "  // existing setup\n  return 3;"),
				"a.ts",
				"function a() {\n  s1();\n  s2();\n  return 1;\n}\nb();\n",
				{ start: 15, end: 43 },
			),
		).toMatch(/^refused: /);
	});
	test("what is new before a comment stands before what that keeps", () => {
		expect(
			applied(
				block("ts", "function a() {\n  s0();\n  // ...\n}"),
				"a.ts",
				"function a() {\n  s1();\n  s2();\n  return 1;\n}\nb();\n",
			),
		).toBe("function a() {\n  s0();\n  s1();\n  s2();\n  return 1;\n}\nb();\n");
	});
	test("a comment in one of two branches is refused", () => {
		expect(
			applied(
				block(
					"ts",
					"function a() {\n  if (x) {\n    // unchanged\n  } else {\n    more();\n  }\n}",
				),
				"a.ts",
				"function a() {\n  if (x) {\n    s1();\n    s2();\n  } else {\n    less();\n  }\n}\nb();\n",
			),
		).toMatch(/^refused: /);
	});
	test("a comment in JSX keeps the elements", () => {
		expect(
			applied(
				block(
					"tsx",
					"export function A() {\n  return (\n    <div>\n      {/* existing content unchanged */}\n      <B />\n    </div>\n  );\n}",
				),
				"a.tsx",
				"export function A() {\n  return (\n    <div>\n      <X />\n      <Y />\n    </div>\n  );\n}\nb();\n",
			),
		).toBe(
			"export function A() {\n  return (\n    <div>\n      <X />\n      <Y />\n      <B />\n    </div>\n  );\n}\nb();\n",
		);
	});
	test("a comment in an enum keeps the variants", () => {
		expect(
			applied(
				block("rust", "pub enum E {\n    // existing variants\n    C,\n}"),
				"a.rs",
				"pub enum E {\n    A,\n    B,\n}\n\nfn f() {}\n",
			),
		).toBe("pub enum E {\n    A,\n    B,\n    C,\n}\n\nfn f() {}\n");
	});
	test("a field between two comments stands with the fields", () => {
		expect(
			applied(
				block(
					"python",
					"class A(Base):\n    # ... existing fields ...\n    z = 3\n\n    # ... existing methods ...",
				),
				"a.py",
				"class A(Base):\n    x = 1\n    y = 2\n\n    def f(self):\n        pass\n",
			),
		).toBe("class A(Base):\n    x = 1\n    y = 2\n    z = 3\n\n    def f(self):\n        pass\n");
	});
	test("a constant that became a function is placed, and the other way round", () => {
		expect(
			applied(
				block("js", "function area(w, h) {\n  return w * h;\n}\n\nconst label = (n) => `${n}`;"),
				"a.js",
				"const area = (w) => w * w;\n\nfunction label(n) {\n  return n;\n}\n\nexport { area, label };\n",
			),
		).toBe(
			"function area(w, h) {\n  return w * h;\n}\n\nconst label = (n) => `${n}`;\n\nexport { area, label };\n",
		);
	});
	test("declarations that are exported now are placed", () => {
		expect(
			applied(
				block(
					"ts",
					"export interface A {\n  x: number;\n}\n\nexport type B = A | null;\n\nexport const c = (a: A): B => a;",
				),
				"a.ts",
				"interface A {\n  y: number;\n}\n\ntype B = A;\n\nconst c = (a: A) => a;\n\nuse(c);\n",
			),
		).toBe(
			"export interface A {\n  x: number;\n}\n\nexport type B = A | null;\n\nexport const c = (a: A): B => a;\n\nuse(c);\n",
		);
	});
	test("documentation is replaced with its declaration", () => {
		expect(
			applied(
				block(
					"ts",
					"/** New doc. */\nfunction a() {\n  return 2;\n}\n\n/**\n * Also new.\n */\nfunction b() {\n  return 2;\n}",
				),
				"a.ts",
				"import x from 'x';\n\n/** Old doc. */\nfunction a() {\n  return 1;\n}\n\nfunction b() {\n  return 1;\n}\nuse(a);\n",
			),
		).toBe(
			"import x from 'x';\n\n/** New doc. */\nfunction a() {\n  return 2;\n}\n\n/**\n * Also new.\n */\nfunction b() {\n  return 2;\n}\nuse(a);\n",
		);
	});
	test("decorators that the block leaves out stay", () => {
		expect(
			applied(
				block("ts", "async list() {\n  return 2;\n}\n\nasync get() {\n  return 3;\n}"),
				"a.ts",
				"@Controller('x')\nexport class C {\n  @Get()\n  @Auth()\n  async list() {\n    return 1;\n  }\n\n  @Get(':id')\n  async get() {\n    return 1;\n  }\n}\n",
			),
		).toBe(
			"@Controller('x')\nexport class C {\n  @Get()\n  @Auth()\n  async list() {\n    return 2;\n  }\n\n  @Get(':id')\n  async get() {\n    return 3;\n  }\n}\n",
		);
	});
	test("the lines of a template literal keep their white space", () => {
		expect(
			applied(
				block("js", "function a() {\n    return `\n  x\n    y\n`;\n}"),
				"a.js",
				"'use strict';\nfunction a() {\n\treturn `\n  x\n    z\n`;\n}\nfunction b() {\n\treturn 1;\n}\n",
			),
		).toBe(
			"'use strict';\nfunction a() {\n\treturn `\n  x\n    y\n`;\n}\nfunction b() {\n\treturn 1;\n}\n",
		);
	});
	test("statements take the place of those between their first and last", () => {
		expect(
			applied(
				block("js", "x(1);\ny(22);\nz(3);"),
				"a.js",
				"function a() {\n\tx(1);\n\ty(2);\n\tz(3);\n}\n",
			),
		).toBe("function a() {\n\tx(1);\n\ty(22);\n\tz(3);\n}\n");
	});
	test("local constants are placed where all of them stand", () => {
		expect(
			applied(
				block("js", "const q = 2;\nconst r = 3;"),
				"a.js",
				"function a() {\n\tconst q = 1;\n\tconst r = 1;\n\treturn q + r;\n}\n",
			),
		).toBe("function a() {\n\tconst q = 2;\n\tconst r = 3;\n\treturn q + r;\n}\n");
	});
	test("an example of use behind the code is refused", () => {
		expect(
			applied(
				block("js", "function a(x) {\n  return x;\n}\n\n// Usage\nconsole.log(a(1));"),
				"a.js",
				"import y from 'y';\n\nfunction a() {\n  return 1;\n}\n\nexport { a };\n",
			),
		).toMatch(/^refused: /);
	});
	test("methods of one name go to their receivers", () => {
		expect(
			applied(
				block(
					"go",
					'func (a *A) String() string {\n    return "a2"\n}\n\nfunc (b *B) String() string {\n    return "b2"\n}',
				),
				"a.go",
				'package x\n\nfunc (a *A) String() string {\n\treturn "a"\n}\n\nfunc (b *B) String() string {\n\treturn "b"\n}\n',
			),
		).toBe(
			'package x\n\nfunc (a *A) String() string {\n\treturn "a2"\n}\n\nfunc (b *B) String() string {\n\treturn "b2"\n}\n',
		);
	});
	test("methods of one name go to their traits", () => {
		expect(
			applied(
				block(
					"rust",
					"impl A for X {\n    fn f(&self) -> i32 {\n        2\n    }\n}\n\nimpl B for X {\n    fn f(&self) -> i32 {\n        3\n    }\n}",
				),
				"a.rs",
				"impl A for X {\n    fn f(&self) -> i32 {\n        1\n    }\n}\n\nimpl B for X {\n    fn f(&self) -> i32 {\n        1\n    }\n}\n",
			),
		).toBe(
			"impl A for X {\n    fn f(&self) -> i32 {\n        2\n    }\n}\n\nimpl B for X {\n    fn f(&self) -> i32 {\n        3\n    }\n}\n",
		);
	});
	test("a statement that may be another version of one that stays is refused", () => {
		const file =
			"function App() {\n\tuseEffect(() => {\n\t\tlog(a);\n\t}, []);\n\n\treturn a;\n}\n";
		const code =
			"function App() {\n  // existing effects unchanged\n\n  useEffect(() => {\n    setB(a);\n  }, [a]);\n\n  return a;\n}";
		expect(applied(block("tsx", code), "App.tsx", file)).toMatch(/^refused: /);
	});
});
