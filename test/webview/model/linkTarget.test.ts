import fc from "fast-check";
import { expect, test } from "vitest";
import { linkTarget } from "../../../src/webview/chat/markdown/linkTarget.ts";

test.each([
	["https://example.org/a?b#c", { kind: "web", href: "https://example.org/a?b#c" }],
	["HTTP://example.org", { kind: "web", href: "HTTP://example.org" }],
	["src/a.ts", { kind: "file", path: "src/a.ts", line: undefined }],
	["src/a.ts#L12", { kind: "file", path: "src/a.ts", line: 11 }],
	["src/a.ts:7", { kind: "file", path: "src/a.ts", line: 6 }],
	["c%23/what%3F/100%25.cs#L3", { kind: "file", path: "c#/what?/100%.cs", line: 2 }],
	["./a%20b.ts#L1-L9", { kind: "file", path: "./a b.ts", line: 0 }],
])("%s leads somewhere", (href, target) => {
	expect(linkTarget(href)).toEqual(target);
});

test.each([
	"javascript:alert(1)",
	"JaVaScRiPt:alert(1)",
	"java\nscript:alert(1)",
	"java%0ascript:alert(1)",
	"javascript%3Aalert(1)",
	"\u0001javascript:alert(1)",
	"data:text/html,<script>alert(1)</script>",
	"vbscript:msgbox(1)",
	"command:workbench.action.terminal.new",
	"vscode://file/etc/passwd",
	"vscode-insiders://x",
	"file:///etc/passwd",
	"blob:https://example.org/1",
	"mailto:a@example.org",
	"//example.org/a",
	"\\\\example.org\\a",
	"/etc/passwd",
	"../../etc/passwd",
	"src/..%2f..%2fetc/passwd",
	"C:\\Windows",
	"https://user:password@example.org",
	"https://example.org@evil.example",
	"https:",
	"https://",
	"%",
	"",
	"#L3",
	"?a",
	`https://example.org/${"a".repeat(5000)}`,
])("%j leads nowhere", (href) => {
	expect(linkTarget(href)).toBeUndefined();
});

test("no text leads anywhere but to the web or into the workspace", () => {
	const hostile = fc.array(
		fc.constantFrom(
			...[
				"java",
				"script",
				":",
				"command",
				"data",
				"//",
				"/",
				"..",
				"\\",
				"%2e",
				"%00",
				"\t",
				"http",
			],
			...["s", "@", "a.b", "#L", "1", "?", "\u202e", "%3a", "vscode", " ", "C"],
		),
		{ maxLength: 12 },
	);
	fc.assert(
		fc.property(hostile, (pieces) => {
			const target = linkTarget(pieces.join(""));
			if (target?.kind === "web") {
				expect(new URL(target.href).protocol).toMatch(/^https?:$/);
			} else if (target !== undefined) {
				expect(target.path).not.toMatch(
					/^[/\\]|^[a-z][a-z0-9+.-]*:|(^|\/)\.\.(\/|$)|[\p{Cc}\p{Cf}\\]/iu,
				);
			}
		}),
		{ numRuns: 5000 },
	);
});
