import { expect, test } from "vitest";
import {
	participantQuestion,
	pastTurns,
} from "../../../../src/extension/chat/participantQuestion.ts";

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
