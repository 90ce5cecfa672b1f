import type { Conversation } from "./conversation.ts";

/** The words of a search, in the form in which texts are compared. */
export function wordsOf(query: string): string[] {
	return comparable(query)
		.split(/\s+/)
		.filter((word) => word !== "");
}

/** Whether every word is somewhere in the title, the questions or the answers. */
export function hasWords(conversation: Conversation, words: readonly string[]): boolean {
	if (words.length === 0) {
		return true;
	}
	const missing = new Set(words);
	const texts = [conversation.title, ...conversation.messages.map(({ text }) => text)];
	for (const text of texts) {
		const plain = comparable(text);
		for (const word of missing) {
			if (plain.includes(word)) {
				missing.delete(word);
			}
		}
		if (missing.size === 0) {
			return true;
		}
	}
	return false;
}

function comparable(text: string): string {
	return text.normalize("NFKC").toLowerCase();
}
