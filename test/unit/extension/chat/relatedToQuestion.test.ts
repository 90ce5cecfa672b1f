import { expect, test } from "vitest";
import { relatedToQuestion } from "../../../../src/extension/chat/relatedToQuestion.ts";

test("a question stands on lines of its own where the person is", () => {
	const place = { path: "a.ts", languageId: "typescript", text: "one\ntwo\n", offset: 5 };
	const query = relatedToQuestion("who calls f?", place, 100, []);
	expect(query.text).toBe("one\nwho calls f?\ntwo\n");
	expect(query.offset).toBe("one\nwho calls f?\n".length);
	expect(query.budgetTokens).toBe(500);
});
