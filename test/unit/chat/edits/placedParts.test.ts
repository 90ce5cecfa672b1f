import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

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
