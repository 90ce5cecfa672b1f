import { expect, test } from "vitest";
import { chatMessagesOf } from "../../../../src/extension/chat/providedMessages.ts";

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
