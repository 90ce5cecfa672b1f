import { describe, expect, test } from "vitest";
import type { CodeTask } from "../../../../src/chat/tasks/codeTask.ts";
import { commitMessagePrompt } from "../../../../src/chat/tasks/commitMessage.ts";
import { fenced } from "../../../../src/chat/tasks/fence.ts";
import { taskInstruction, taskPrompt } from "../../../../src/chat/tasks/taskPrompts.ts";

const countTokens = (text: string): number => Math.ceil(text.length / 4);
const text = Array.from({ length: 300 }, (_, line) => `const line${line} = ${line};`).join("\n");
const start = text.indexOf("const line100 ");
const end = text.indexOf("const line102 ");

const task: CodeTask = {
	kind: "fix",
	code: { path: "src/a.ts", languageId: "typescript", text, start, end },
	problems: [
		{
			severity: "error",
			message: "Type 'string'\n  is not assignable.",
			source: "ts",
			code: "2322",
			startLine: 100,
			endLine: 100,
		},
	],
	related: [
		{ path: "src/far.ts", text: "far" },
		{ path: "src/near.ts", text: "near" },
	],
	instruction: undefined,
};

describe("the prompt of a task", () => {
	test("has what is asked, the problems with their codes, the marked code, and what is around it", () => {
		const prompt = taskPrompt(task, { tokens: 8000, countTokens });
		expect(prompt.leftOut).toEqual([]);
		expect(prompt.text).toContain(taskInstruction("fix"));
		expect(prompt.text).toContain("- line 101: error ts 2322: Type 'string' is not assignable.");
		expect(prompt.text).toContain(
			"The marked code, lines 101 to 102 of src/a.ts:\n```typescript\nconst line100 = 100;\nconst line101 = 101;\n```",
		);
		expect(prompt.text).toContain("const line99 = 99;\nMARKED CODEconst line102");
		expect(prompt.text).toContain("For orientation, from src/near.ts:\n```\nnear\n```");
	});

	test("stays within the limits, and names what didn't fit", () => {
		const piece = { path: "src/long.ts", text: "x".repeat(8000) };
		const prompt = taskPrompt({ ...task, related: [piece] }, { tokens: 700, countTokens });
		expect(countTokens(prompt.text)).toBeLessThanOrEqual(700);
		expect(prompt.leftOut).toEqual(["a part of src/long.ts"]);
	});

	test("cuts marked code that doesn't fit at a line", () => {
		const whole = { ...task, problems: [], code: { ...task.code, start: 0, end: text.length } };
		const prompt = taskPrompt(whole, { tokens: 500, countTokens });
		expect(countTokens(prompt.text)).toBeLessThanOrEqual(500);
		expect(prompt.text).toContain("const line10 = 10;\n");
		expect(prompt.leftOut).toContain("the end of the marked code of src/a.ts");
	});

	test("has the user's words", () => {
		expect(taskInstruction("refactor", " use a map ")).toMatch(/The request: use a map$/);
	});

	test("can't be closed by a fence in the code", () => {
		expect(fenced("a\n````\nb", "md")).toBe("`````md\na\n````\nb\n`````");
	});
});

const diffOf = (path: string, body: string): string =>
	`diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n${body}\n`;

describe("the prompt for a commit message", () => {
	test("shows the diff and how commits are written here", () => {
		const { text: prompt, leftOut } = commitMessagePrompt(
			{ diff: diffOf("src/a.ts", "-a\n+b"), recentSubjects: ["Fix the parser\n"] },
			{ tokens: 1000, countTokens },
		);
		expect(prompt).toContain("+++ b/src/a.ts\n@@ -1 +1 @@\n-a\n+b\n");
		expect(prompt).toContain("- Fix the parser\n");
		expect(leftOut).toEqual([]);
	});

	test("leaves out files that may hold credentials, by their names and by what they hold", () => {
		const key = `+-----BEGIN RSA PRIVATE KEY-----\n+${"A".repeat(64)}\n+${"B".repeat(64)}`;
		const { text: prompt, leftOut } = commitMessagePrompt(
			{
				diff: diffOf(".env", "+TOKEN=abc") + diffOf("src/k.ts", key) + diffOf("b.ts", "+fine"),
				secrets: ["prod.pem"],
				recentSubjects: [],
			},
			{ tokens: 2000, countTokens },
		);
		expect(prompt).toContain("+fine");
		expect(prompt).not.toContain("TOKEN=abc");
		expect(prompt).not.toContain("AAAA");
		expect(leftOut).toEqual([
			"prod.pem, which may hold credentials",
			".env, which may hold credentials",
			"src/k.ts, which may hold credentials",
		]);
	});

	test("keeps small changes when a long one doesn't fit", () => {
		const diff = diffOf("long.ts", `+${"x".repeat(50_000)}`) + diffOf("small.ts", "+small");
		const { text: prompt, leftOut } = commitMessagePrompt(
			{ diff, recentSubjects: [] },
			{ tokens: 600, countTokens },
		);
		expect(countTokens(prompt)).toBeLessThanOrEqual(600);
		expect(prompt).toContain("+small");
		expect(leftOut).toEqual(["the end of long.ts"]);
	});
});
