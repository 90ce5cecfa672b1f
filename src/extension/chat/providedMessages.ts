import type { ChatMessage, ChatRole } from "../../languageModel/languageModel.ts";

/** What another extension sends to a model, as far as text goes. */
export interface ProvidedMessage {
	/** By the editor's numbers: 1 the user, 2 the assistant, 3 the system. */
	readonly role: number;
	readonly content: readonly unknown[];
}

const roles: Readonly<Record<number, ChatRole>> = { 1: "user", 2: "assistant", 3: "system" };

/**
 * The conversation as a chat model takes it: a system message only in front, neighbours of one role joined,
 * since templates expect the turns to alternate. `textOf` gives a part's text, undefined for another kind:
 * Mote's models say that they take text only. Undefined where there is nothing to answer.
 */
export function chatMessagesOf(
	provided: readonly ProvidedMessage[],
	textOf: (part: unknown) => string | undefined,
): readonly ChatMessage[] | undefined {
	const messages: ChatMessage[] = [];
	for (const { role, content } of provided) {
		const text = content.map((part) => textOf(part) ?? "").join("");
		if (text.trim() === "") {
			continue;
		}
		const wanted = roles[role] ?? "user";
		const last = messages.at(-1);
		const actual =
			wanted === "system" && last !== undefined && last.role !== "system" ? "user" : wanted;
		if (last?.role === actual) {
			messages[messages.length - 1] = { role: actual, content: `${last.content}\n\n${text}` };
		} else {
			messages.push({ role: actual, content: text });
		}
	}
	return messages.at(-1)?.role === "user" ? messages : undefined;
}
