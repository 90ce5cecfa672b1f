import { decodeStrictly, utf8 } from "./encodings.ts";

/** Why a file isn't indexed although its name doesn't forbid it; "binary" is also text in an encoding that nobody told. */
export type UnfitReason = "binary" | "minified" | "secret" | "tooLarge" | "unreadable";

/** The part of a file that is looked at for signs of binary content, in bytes. */
const sampledBytes = 8192;

/** What a decoder puts where bytes mean nothing in its encoding. */
export const replacementCharacter = "\uFFFD";

/**
 * The text of a file's bytes, decoded as the editor decodes them: by their byte-order mark, or else in `encoding`, a
 * value of its setting `files.encoding`. Undefined when it isn't text, and when it isn't all valid: what is replaced
 * by U+FFFD would be learned and written again. The same goes for a text that was damaged so before it was saved.
 */
export function decodeText(bytes: Uint8Array, encoding: string = utf8): string | undefined {
	const marked = markedEncoding(bytes);
	const isWide = (marked ?? encoding).startsWith("utf16");
	if (!isWide && bytes.subarray(0, sampledBytes).includes(0)) {
		return undefined;
	}
	const text = decodeStrictly(bytes, marked ?? encoding);
	return text?.includes(replacementCharacter) === true ? undefined : text;
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
