import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

describe("a diff", () => {
	test("with a removed line that begins with dashes", () => {
		expect(
			applied(
				block(
					"diff",
					"--- a/q.sql\n+++ b/q.sql\n@@ -1,3 +1,3 @@\n select 1\n--- old\n+-- new\n from t",
				),
				"q.sql",
				"select 1\n-- old\nfrom t\n",
			),
		).toBe("select 1\n-- new\nfrom t\n");
	});
	test("with lines that begin with two dashes and two pluses", () => {
		expect(
			applied(
				block("diff", "--- a/q.c\n+++ b/q.c\n@@ -1,3 +1,3 @@\n a;\n--- i;\n+++ i;\n b;"),
				"q.c",
				"a;\n-- i;\nb;\n",
			),
		).toBe("a;\n++ i;\nb;\n");
	});
	test("with such lines at the end of a hunk", () => {
		expect(
			applied(
				block(
					"diff",
					"--- a/q.c\n+++ b/q.c\n@@ -1,2 +1,2 @@\n a;\n--- i;\n+++ i;\n@@ -4,2 +4,2 @@\n c;\n-d;\n+e;",
				),
				"q.c",
				"a;\n-- i;\nb;\nc;\nd;\n",
			),
		).toBe("a;\n++ i;\nb;\nc;\ne;\n");
	});
	test("with such lines and wrong counts", () => {
		expect(
			applied(
				block(
					"diff",
					"--- a/q.c\n+++ b/q.c\n@@ -1,9 +1,9 @@\n a;\n--- i;\n+++ i;\n@@ -4,2 +4,2 @@\n c;\n-d;\n+e;",
				),
				"q.c",
				"a;\n-- i;\nb;\nc;\nd;\n",
			),
		).toBe("a;\n++ i;\nb;\nc;\ne;\n");
	});
	test("with such a line and no heads", () => {
		expect(
			applied(block("diff", "--- old\n+-- new\n from t"), "q.sql", "select 1\n-- old\nfrom t\n"),
		).toBe("select 1\n-- new\nfrom t\n");
	});
	test("with such lines alone", () => {
		expect(applied(block("diff", "--- i;\n+++ i;\n b;"), "q.c", "a;\n-- i;\nb;\n")).toBe(
			"a;\n++ i;\nb;\n",
		);
	});
	test("of an empty file", () => {
		expect(applied(block("diff", "--- a/q.c\n+++ b/q.c\n@@ -0,0 +1,2 @@\n+a\n+b"), "q.c", "")).toBe(
			"a\nb\n",
		);
	});
	test("of a new file, into an empty one", () => {
		expect(
			applied(
				block("diff", "--- /dev/null\n+++ b/q.c\n@@ -0,0 +1,2 @@\n+a\n+-- b\n+++ c"),
				"q.c",
				"\n",
			),
		).toBe("a\n-- b\n++ c\n");
	});
	test("of two files is refused", () => {
		expect(
			applied(
				block(
					"diff",
					"--- a/q.c\n+++ b/q.c\n@@ -1 +1 @@\n-a\n+b\n--- a/r.c\n+++ b/r.c\n@@ -1 +1 @@\n-a\n+b",
				),
				"q.c",
				"a\n",
			),
		).toMatch(/^refused: /);
	});
	test("that removes such a line", () => {
		expect(
			applied(
				block("diff", "@@ -1,3 +1,2 @@\n select 1\n--- old\n from t"),
				"q.sql",
				"select 1\n-- old\nfrom t\n",
			),
		).toBe("select 1\nfrom t\n");
	});
	test("whose hunks share a line", () => {
		expect(
			applied(block("diff", "@@\n a\n-b\n+B\n c\n@@\n c\n-d\n+D\n e"), "q.txt", "a\nb\nc\nd\ne\n"),
		).toBe("a\nB\nc\nD\ne\n");
	});
	test("that is indented by spaces is applied to a file with tabs", () => {
		expect(
			applied(
				block("diff", "@@\n func f() {\n     a()\n-    b()\n+    if c {\n+        b()\n+    }\n }"),
				"a.go",
				"package x\n\nfunc f() {\n\ta()\n\tb()\n}\n",
			),
		).toBe("package x\n\nfunc f() {\n\ta()\n\tif c {\n\t\tb()\n\t}\n}\n");
	});
	test("that is indented by two columns is applied to a file with four", () => {
		expect(
			applied(
				block("diff", "@@\n class A {\n   f() {\n-    b();\n+    c(\n+      1,\n+    );\n   }\n }"),
				"a.ts",
				"class A {\n    f() {\n        b();\n    }\n}\n",
			),
		).toBe("class A {\n    f() {\n        c(\n            1,\n        );\n    }\n}\n");
	});
	test("takes the file's unit for a first line that is new", () => {
		expect(
			applied(block("diff", "@@\n+    x()\n     a()\n"), "a.go", "func f() {\n\ta()\n}\n"),
		).toBe("func f() {\n\tx()\n\ta()\n}\n");
	});
	test("of nothing but blank lines is refused", () => {
		expect(applied(block("diff", "@@\n-\n+x\n"), "a.txt", "a\n\nb\n")).toMatch(/^refused: /);
	});
});
