import { describe, expect, test } from "vitest";
import { safeRelativePath } from "../../../../src/chat/edits/safePath.ts";

describe("a path that a model wrote", () => {
	test.each([
		["src/a.ts", "src/a.ts"],
		["./src/a.ts", "src/a.ts"],
		["src\\a.ts", "src/a.ts"],
		["  a.ts ", "a.ts"],
		["src/…/ä.ts", "src/…/ä.ts"],
		["src/it's 100%.ts", "src/it's 100%.ts"],
		['src/"q".ts', 'src/"q".ts'],
		["src/a%20b.ts", "src/a%20b.ts"],
	])("inside the workspace is taken: %j", (path, expected) => {
		expect(safeRelativePath(path)).toBe(expected);
	});

	test.each([
		"",
		"/etc/passwd",
		"\\\\server\\share\\a.ts",
		"C:\\Windows\\a.ts",
		"c:a.ts",
		"~/.bashrc",
		"../a.ts",
		"src/../../a.ts",
		"src\\..\\..\\a.ts",
		"src/.. /a.ts",
		"src/./a.ts",
		"src//a.ts",
		"file:///etc/passwd",
		"vscode://settings",
		"a.ts\n/etc/passwd",
		"a\u0000.ts",
		"a\u202ets.exe",
		"%2e%2e/a.ts",
		"src%2f..%2f..%2Fa.ts",
		"src/%2E./a.ts",
		"src%5ca.ts",
		"a%00.ts",
		".git/hooks/pre-commit",
		"src/.GIT/config",
		"con.ts",
		`${"a/".repeat(300)}a.ts`,
	])("that may lead elsewhere is refused: %j", (path) => {
		expect(safeRelativePath(path)).toBeUndefined();
	});
});
