import { decodeStrictly, utf8 } from "./encodings.ts";

/** Why a file isn't indexed although its name doesn't forbid it; "binary" is also text in an encoding that nobody told. */
export type UnfitReason = "binary" | "minified" | "secret" | "tooLarge" | "unreadable";

/** The part of a file that the editor looks at for UTF-16 without a byte-order mark, in bytes. */
const sampledBytes = 512;

/** What a decoder puts where bytes mean nothing in its encoding. */
export const replacementCharacter = "\uFFFD";

/**
 * The text of a file's bytes, decoded as the editor decodes them: by their byte-order mark, as UTF-16 where
 * they look like it, or else in `encoding`, a value of its setting `files.encoding`. Undefined when it isn't text, and when it isn't all valid: what is replaced
 * by U+FFFD would be learned and written again. The same goes for a text that was damaged so before it was saved.
 */
export function decodeText(bytes: Uint8Array, encoding: string = utf8): string | undefined {
	const text = decodeStrictly(
		bytes,
		markedEncoding(bytes) ?? wideEncoding(bytes, encoding) ?? encoding,
	);
	// No text has a NUL: what does is binary, or in another encoding.
	return text === undefined || text.includes(replacementCharacter) || text.includes("\0")
		? undefined
		: text;
}

/** UTF-16 that isn't marked, of characters of Latin-1: every second byte of it is 0. */
function wideEncoding(bytes: Uint8Array, encoding: string): string | undefined {
	const sample = bytes.subarray(0, sampledBytes);
	const isZeroAt = (odd: 0 | 1): boolean =>
		sample.every((byte, index) => (byte === 0) === (index % 2 === odd));
	if (encoding.startsWith("utf16") || !sample.includes(0)) {
		return undefined;
	}
	return isZeroAt(1) ? "utf16le" : isZeroAt(0) ? "utf16be" : undefined;
}

/** As the editor knows them, whatever its settings are. */
function markedEncoding(bytes: Uint8Array): string | undefined {
	const [first, second, third] = bytes;
	if (first === 0xff && second === 0xfe) {
		return "utf16le";
	}
	if (first === 0xfe && second === 0xff) {
		return "utf16be";
	}
	return first === 0xef && second === 0xbb && third === 0xbf ? utf8 : undefined;
}

/** Lines of code are shorter than this on average, even with long strings among them. */
const maxMeanLineLength = 250;

/** A text too short for the mean to say anything. */
const minJudgedLength = 2000;

/** Whether a program wrote it for another program: its lines are too long to be read. */
export function isMinified(text: string): boolean {
	if (text.length < minJudgedLength) {
		return false;
	}
	let lines = 1;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
		lines++;
	}
	return text.length / lines > maxMeanLineLength;
}

const generatedMark =
	/@generated\b|\b(?:auto-?)?generated\b[^\n]{0,80}\bdo not (?:edit|modify)\b|\bdo not (?:edit|modify)\b[^\n]{0,80}\bgenerated\b/i;

/** The mark stands in the first lines, where a reader sees it. */
const markedLength = 1000;

/** Whether a text says of itself that a program wrote it: its names may be used, its lines are nobody's style. */
export function isGenerated(text: string): boolean {
	return generatedMark.test(text.slice(0, markedLength));
}
