/** The offset at which the line of `offset` begins. */
export function lineStartAt(text: string, offset: number): number {
	return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** The white space with which the line of `offset` begins. */
export function indentationAt(text: string, offset: number): string {
	const start = lineStartAt(text, offset);
	let end = start;
	while (end < text.length && (text[end] === " " || text[end] === "\t")) {
		end++;
	}
	return text.slice(start, end);
}
