/** Why a file isn't indexed although its name doesn't forbid it. */
export type UnfitReason = "binary" | "minified" | "secret" | "tooLarge" | "unreadable";

/** The part of a file that is looked at for signs of binary content, in bytes. */
const sampledBytes = 8192;

/** Text in an 8-bit encoding still has fewer bytes outside ASCII than this; a compressed file has half. */
const maxReplacedShare = 0.1;

const utf8 = new TextDecoder("utf-8");
const utf16le = new TextDecoder("utf-16le");
const utf16be = new TextDecoder("utf-16be");

/**
 * The text of a file's bytes: UTF-8, or UTF-16 when it begins with a byte-order mark; what is neither is
 * replaced by U+FFFD, as in an 8-bit encoding. Undefined when it isn't text.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) {
		return utf16le.decode(bytes);
	}
	if (bytes[0] === 0xfe && bytes[1] === 0xff) {
		return utf16be.decode(bytes);
	}
	if (bytes.subarray(0, sampledBytes).includes(0)) {
		return undefined;
	}
	const text = utf8.decode(bytes);
	return isMostlyReplaced(text) ? undefined : text;
}

function isMostlyReplaced(text: string): boolean {
	let replaced = 0;
	for (let at = text.indexOf("\uFFFD"); at >= 0; at = text.indexOf("\uFFFD", at + 1)) {
		replaced++;
	}
	return replaced > text.length * maxReplacedShare;
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
