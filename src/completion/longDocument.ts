/**
 * From so many UTF-16 units on, each step that goes through all of a document takes a good part of a frame: the
 * thread hears of other things between two of them. In shorter ones that would only cost a turn.
 */
const longUnits = 200_000;

export function isLongDocument(text: string): boolean {
	return text.length > longUnits;
}
