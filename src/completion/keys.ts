/**
 * An Enter with the indentation that the editor puts behind it, in whichever way lines end, or one character (a code point, never half
 * of one).
 */
const key = /\r?\n[ \t]*|[^\n]/gu;

/** What each key writes that types `text`, in order: together they are `text`. */
export function keysOf(text: string): readonly string[] {
	return text.match(key) ?? [];
}
