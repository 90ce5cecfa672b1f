import { expect, test } from "vitest";
import { mentionsIn, mentionText } from "../../../src/chat/mentions.ts";
import { questionWords, slashCommandOf } from "../../../src/chat/slashCommands.ts";

const texts = (question: string): string[] => mentionsIn(question).map(mentionText);

test.each([
	["look at @file:src/a.ts and @symbol:areaOf", ["@file:src/a.ts", "@symbol:areaOf"]],
	["@selection @problems @repo", ["@selection", "@problems", "@repo"]],
	["is it (@file:src/a.ts)? or @file:b.ts.", ["@file:src/a.ts", "@file:b.ts"]],
	['@file:"my folder/a b.ts", please', ['@file:"my folder/a b.ts"']],
	["twice @repo and @repo", ["@repo"]],
	["@problems: what do they mean", ["@problems"]],
])("%j mentions %j", (question, expected) => {
	expect(texts(question)).toEqual(expected);
});

test.each([
	"mail me@file:x or a@selection.org",
	"@selections and @problemsolver and @repository",
	"@file: @symbol: @file:... @unknown:x @",
	"the decorator @@repo, a scope @scope/repo, x/@repo",
])("%j mentions nothing", (question) => {
	expect(texts(question)).toEqual([]);
});

test("what is longer than any path mentions nothing", () => {
	expect(texts(`@file:${"x".repeat(2000)}`)).toEqual([]);
});

test("a question mentions at most twenty things", () => {
	const question = Array.from({ length: 50 }, (_, index) => `@file:a${index}.ts`).join(" ");
	expect(texts(question)).toHaveLength(20);
});

test("what the list of suggestions inserts is read as the same mention", () => {
	for (const path of ["a.ts", "a b/c.ts", "ends with.", "Ünï/コード.ts", "x(1).ts", "it's.md"]) {
		const mention = { kind: "file", path } as const;
		expect(mentionsIn(`see ${mentionText(mention)} now`)).toEqual([mention]);
	}
});

test("a command stands at the start and takes the rest as its instruction", () => {
	expect(slashCommandOf("/fix")).toEqual({ kind: "fix", instruction: "" });
	expect(slashCommandOf("  /refactor use\nfewer loops ")).toEqual({
		kind: "refactor",
		instruction: "use\nfewer loops",
	});
	expect(slashCommandOf("what is /fix")).toBeUndefined();
	expect(slashCommandOf("/fixes it")).toBeUndefined();
	expect(slashCommandOf("/constructor")).toBeUndefined();
});

test("a command asks in full words, with the instruction; anything else in its own words", () => {
	expect(questionWords("/explain")).toMatch(/^Explain what the marked code does/);
	expect(questionWords("/refactor use a map")).toContain("use a map");
	expect(questionWords("/etc is a folder")).toBe("/etc is a folder");
});
