import * as z from "zod";
import { once } from "../../base/once.ts";
import { languageIdOfPath } from "./languageIds.ts";

/** How the editor reads the files of a folder: values of its setting `files.encoding`, such as `windows1252`. */
export const fileEncodingsSchema = once(() =>
	z.object({
		default: z.string(),
		/** Of languages that have one of their own, by VS Code's language id. */
		byLanguage: z.record(z.string(), z.string()),
	}),
);

export type FileEncodings = z.infer<ReturnType<typeof fileEncodingsSchema>>;

export const utf8 = "utf8";

/** Without an editor to ask. */
export const utf8Files: FileEncodings = { default: utf8, byLanguage: {} };

export function encodingOf(file: string, encodings: FileEncodings): string {
	const { byLanguage } = encodings;
	const languageId = languageIdOfPath(file);
	return Object.hasOwn(byLanguage, languageId)
		? (byLanguage[languageId] ?? encodings.default)
		: encodings.default;
}

/**
 * The editor's names of encodings to those of https://encoding.spec.whatwg.org, which is what Node decodes. The
 * code pages of DOS and some others aren't among them.
 */
const labels: ReadonlyMap<string, string> = new Map(
	Object.entries({
		utf8: "utf-8",
		utf8bom: "utf-8",
		utf16le: "utf-16le",
		utf16be: "utf-16be",
		windows1250: "windows-1250",
		windows1251: "windows-1251",
		windows1252: "windows-1252",
		windows1253: "windows-1253",
		windows1254: "windows-1254",
		windows1255: "windows-1255",
		windows1256: "windows-1256",
		windows1257: "windows-1257",
		windows1258: "windows-1258",
		windows874: "windows-874",
		iso88592: "iso-8859-2",
		iso88593: "iso-8859-3",
		iso88594: "iso-8859-4",
		iso88595: "iso-8859-5",
		iso88596: "iso-8859-6",
		iso88597: "iso-8859-7",
		iso88598: "iso-8859-8",
		iso88599: "windows-1254",
		iso885910: "iso-8859-10",
		iso885911: "windows-874",
		iso885913: "iso-8859-13",
		iso885914: "iso-8859-14",
		iso885915: "iso-8859-15",
		iso885916: "iso-8859-16",
		macroman: "macintosh",
		cp866: "ibm866",
		koi8r: "koi8-r",
		koi8u: "koi8-u",
		gbk: "gbk",
		gb2312: "gbk",
		gb18030: "gb18030",
		cp950: "big5",
		big5hkscs: "big5",
		shiftjis: "shift_jis",
		eucjp: "euc-jp",
		euckr: "euc-kr",
	}),
);

/** What stands at 0x80 to 0x9F; some versions of Node take the encoding for Latin-1, which has controls there. */
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

const c1Controls = /[\u0080-\u009f]/g;

function asInWindows1252(control: string): string {
	return windows1252[control.charCodeAt(0) - 0x80] ?? control;
}

/**
 * The bytes as text, every one of them valid; undefined where one isn't, and for an encoding that isn't known here.
 * A byte-order mark is left out.
 */
export function decodeStrictly(bytes: Uint8Array, encoding: string): string | undefined {
	if (encoding === "iso88591") {
		// To the standard it is another name of windows1252; to the editor it isn't.
		return Buffer.from(bytes).toString("latin1");
	}
	const label = labels.get(encoding);
	if (label === undefined) {
		// What all of them have in common.
		return bytes.every((byte) => byte < 0x80) ? decodeStrictly(bytes, utf8) : undefined;
	}
	try {
		const text = new TextDecoder(label, { fatal: true }).decode(bytes);
		return label === "windows-1252" ? text.replace(c1Controls, asInWindows1252) : text;
	} catch {
		// Not valid, or a runtime without this encoding.
		return undefined;
	}
}
