import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

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
