/**
 * A text without the mark that some editors put in front of UTF-8. `JSON.parse` and most other readers take it for
 * content.
 */
export function withoutByteOrderMark(text: string): string {
	return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
