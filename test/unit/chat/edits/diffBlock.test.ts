import { describe, expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

describe("a diff", () => {
	test("sql diff", () => {
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
	test("sql ++", () => {
		expect(
			applied(
				block("diff", "--- a/q.c\n+++ b/q.c\n@@ -1,3 +1,3 @@\n a;\n--- i;\n+++ i;\n b;"),
				"q.c",
				"a;\n-- i;\nb;\n",
			),
		).toBe("a;\n++ i;\nb;\n");
	});
	test("last in hunk", () => {
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
	test("wrong counts", () => {
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
	test("no heads", () => {
		expect(
			applied(block("diff", "--- old\n+-- new\n from t"), "q.sql", "select 1\n-- old\nfrom t\n"),
		).toBe("select 1\n-- new\nfrom t\n");
	});
	test("no heads ++", () => {
		expect(applied(block("diff", "--- i;\n+++ i;\n b;"), "q.c", "a;\n-- i;\nb;\n")).toBe(
			"a;\n++ i;\nb;\n",
		);
	});
	test("empty", () => {
		expect(applied(block("diff", "--- a/q.c\n+++ b/q.c\n@@ -0,0 +1,2 @@\n+a\n+b"), "q.c", "")).toBe(
			"a\nb\n",
		);
	});
	test("empty dev null", () => {
		expect(
			applied(
				block("diff", "--- /dev/null\n+++ b/q.c\n@@ -0,0 +1,2 @@\n+a\n+-- b\n+++ c"),
				"q.c",
				"\n",
			),
		).toBe("a\n-- b\n++ c\n");
	});
	test("two files", () => {
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
	test("remove -- only", () => {
		expect(
			applied(
				block("diff", "@@ -1,3 +1,2 @@\n select 1\n--- old\n from t"),
				"q.sql",
				"select 1\n-- old\nfrom t\n",
			),
		).toBe("select 1\nfrom t\n");
	});
	test("shared context", () => {
		expect(
			applied(block("diff", "@@\n a\n-b\n+B\n c\n@@\n c\n-d\n+D\n e"), "q.txt", "a\nb\nc\nd\ne\n"),
		).toBe("a\nB\nc\nD\ne\n");
	});
});
