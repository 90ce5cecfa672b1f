import { expect, test } from "vitest";
import { participantQuestion, pastTurns } from "../../../src/extension/chat/participantQuestion.ts";
import { chatMessagesOf } from "../../../src/extension/chat/providedMessages.ts";
import { rankPaths } from "../../../src/extension/chat/rankPaths.ts";
import { relatedToQuestion } from "../../../src/extension/chat/relatedToQuestion.ts";

const textOf = (part: unknown): string | undefined => (typeof part === "string" ? part : undefined);

test("what another extension sends becomes a conversation that takes turns", () => {
	const messages = chatMessagesOf(
		[
			{ role: 3, content: ["Be brief."] },
			{ role: 1, content: ["One", { image: true }, " two."] },
			{ role: 1, content: ["Three."] },
			{ role: 2, content: ["Four."] },
			{ role: 3, content: ["Be kind."] },
		],
		textOf,
	);
	expect(messages).toEqual([
		{ role: "system", content: "Be brief." },
		{ role: "user", content: "One two.\n\nThree." },
		{ role: "assistant", content: "Four." },
		{ role: "user", content: "Be kind." },
	]);
});

test.each([
	[[]],
	[[{ role: 2, content: ["Hello."] }]],
	[[{ role: 1, content: [{ image: true }] }]],
])("%j has nothing to answer", (provided) => {
	expect(chatMessagesOf(provided, textOf)).toBeUndefined();
});

test("what was added to a question becomes mentions and text", () => {
	const question = participantQuestion("why?", "explain", [
		{ kind: "file", path: "src/a b.ts" },
		{ kind: "selection" },
		{ kind: "file", path: "src/a b.ts" },
		{ kind: "text", text: "a value" },
	]);
	expect(question).toBe('/explain why?\n\n@file:"src/a b.ts" @selection\n\na value');
});

test("questions without an answer are no past", () => {
	const past = pastTurns([
		{ kind: "request", prompt: "one", command: undefined },
		{ kind: "request", prompt: "two", command: undefined },
		{ kind: "response", text: "2" },
		{ kind: "response", text: "more" },
		{ kind: "request", prompt: "three", command: undefined },
		{ kind: "response", text: " " },
	]);
	expect(past).toEqual([{ prompt: "two", answer: "2" }]);
});

test("paths are found by the letters of their names, the likeliest first", () => {
	const paths = ["src/book.ts", "src/notebook.ts", "books/readme.md", "src/bo/ok.ts", "web/x.js"];
	expect(rankPaths("book", paths, 10)).toEqual([
		"src/book.ts",
		"src/notebook.ts",
		"books/readme.md",
		"src/bo/ok.ts",
	]);
	expect(rankPaths("SRC\\book", paths, 10)).toEqual([
		"src/book.ts",
		"src/bo/ok.ts",
		"src/notebook.ts",
	]);
	expect(rankPaths("", paths, 2)).toEqual(["src/book.ts", "src/notebook.ts"]);
});

test("a question stands on lines of its own where the person is", () => {
	const place = { path: "a.ts", languageId: "typescript", text: "one\ntwo\n", offset: 5 };
	const query = relatedToQuestion("who calls f?", place, 100, []);
	expect(query.text).toBe("one\nwho calls f?\ntwo\n");
	expect(query.offset).toBe("one\nwho calls f?\n".length);
	expect(query.budgetTokens).toBe(500);
});
