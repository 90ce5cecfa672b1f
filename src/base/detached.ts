/**
 * The same text in memory of its own. A slice points into the string that it was cut from: whoever keeps a line
 * keeps every version of the document that a line was cut from.
 */
export function detached(text: string): string {
	// One byte a character where that is enough, as it is for nearly all code.
	const narrow = Buffer.from(text, "latin1").toString("latin1");
	return narrow === text ? narrow : Buffer.from(text, "utf16le").toString("utf16le");
}
