import { describe, expect, test } from "vitest";
import { codeBlocks, maxMarkdownLength } from "../../../../src/chat/edits/codeBlocks.ts";

const hintOf = (markdown: string): string | undefined => codeBlocks(markdown)[0]?.pathHint;

describe("code blocks of an answer", () => {
	test("are counted in order, at any depth, an unclosed one at the end included", () => {
		const blocks = codeBlocks(
			"```ts\na\n```\n- x\n  ```py\n  b\n  ```\n\n> ```\n> c\n> ```\n\n~~~go\nd",
		);
		expect(blocks.map(({ index, language, content }) => [index, language, content])).toEqual([
			[0, "ts", "a\n"],
			[1, "py", "b\n"],
			[2, "", "c\n"],
			[3, "go", "d"],
		]);
	});

	test("aren't made of indented text or of code in a line", () => {
		expect(codeBlocks("para\n\n    indented\n\n`inline`")).toEqual([]);
	});

	test.each([
		["```ts src/a.ts\nx\n```", "src/a.ts"],
		["```ts:src/a.ts\nx\n```", "src/a.ts"],
		['```ts title="src/a.ts"\nx\n```', "src/a.ts"],
		["**src/a.ts**:\n```ts\nx\n```", "src/a.ts"],
		["### `src/a.ts`\n```ts\nx\n```", "src/a.ts"],
		["```ts\n// src/a.ts\nx\n```", "src/a.ts"],
		["```py\n# File: src/a.py\nx\n```", "src/a.py"],
		["```\nx\n```", undefined],
		["Here is the code.\n```ts\nx\n```", undefined],
		["```ts\n// Done.\nx\n```", undefined],
		["```ts {1,3}\nx\n```", undefined],
	])("name their file where the answer does: %j", (markdown, path) => {
		expect(hintOf(markdown)).toBe(path);
	});

	test("keep a path that leads elsewhere as it is written, for the check to refuse", () => {
		expect(hintOf("```sh ../../.bashrc\nx\n```")).toBe("../../.bashrc");
	});

	test("are none in an answer that is too long to read", () => {
		expect(codeBlocks(`\`\`\`ts\n${"x".repeat(maxMarkdownLength)}\n\`\`\``)).toEqual([]);
	});
});
