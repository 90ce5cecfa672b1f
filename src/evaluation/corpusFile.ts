import { open, type FileHandle } from "node:fs/promises";
import { UserError } from "../base/userError.ts";

/**
 * A corpus file holds records `package ␟ language ␟ path ␟ text ␞`, in UTF-8, where ␟ is U+001F and ␞ is
 * U+001E; no source text contains the two. It is what the training pipeline writes.
 */
const fieldSeparator = 0x1f;
const recordEnd = 0x1e;

/** A record's place in the file; the text is read when it is needed. */
export interface CorpusEntry {
	readonly package: string;
	readonly language: string;
	readonly path: string;
	/** Byte offset and length of the text in the file. */
	readonly textOffset: number;
	readonly textBytes: number;
}

/** Corpora have a few hundred megabytes; more isn't one, or would take minutes to go through. */
const maxFileBytes = 2 ** 32;
/** The three fields before the text together: names and a path. */
const maxHeadBytes = 8192;
/** The corpus keeps files of up to about 140 KB. */
const maxTextBytes = 4 * 2 ** 20;
const maxEntries = 2_000_000;
const readBytes = 1 << 20;

/** A corpus file that is open for reading. Anybody may have written it: all that is read is checked. */
export class CorpusFile implements AsyncDisposable {
	readonly entries: readonly CorpusEntry[];
	readonly #path: string;
	readonly #file: FileHandle;

	private constructor(path: string, file: FileHandle, entries: readonly CorpusEntry[]) {
		this.#path = path;
		this.#file = file;
		this.entries = entries;
	}

	/** Goes through the whole file once. Throws a UserError "corpusInvalid". */
	static async open(path: string): Promise<CorpusFile> {
		const file = await open(path).catch((cause: unknown) => {
			throw new UserError(
				"corpusInvalid",
				`The corpus file ${path} can't be read; --data takes a folder that the training pipeline has written.`,
				{ cause },
			);
		});
		try {
			const stat = await file.stat();
			if (!stat.isFile() || stat.size > maxFileBytes) {
				throw invalid(path, `it is not a plain file of at most ${maxFileBytes} bytes`);
			}
			return new CorpusFile(path, file, await readEntries(path, file));
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	async readText(entry: CorpusEntry): Promise<string> {
		return decode(this.#path, await this.readBytes(entry));
	}

	async readBytes(entry: CorpusEntry): Promise<Uint8Array> {
		const bytes = new Uint8Array(entry.textBytes);
		let done = 0;
		while (done < bytes.length) {
			const rest = { offset: done, position: entry.textOffset + done };
			const { bytesRead } = await this.#file.read(bytes, rest);
			if (bytesRead === 0) {
				throw invalid(this.#path, "it has become shorter since it was opened");
			}
			done += bytesRead;
		}
		return bytes;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#file.close();
	}
}

async function readEntries(path: string, file: FileHandle): Promise<readonly CorpusEntry[]> {
	const entries: CorpusEntry[] = [];
	const buffer = Buffer.alloc(readBytes);
	let head: Uint8Array[] = [];
	let headBytes = 0;
	let fields: string[] = [];
	let textOffset = 0;
	let at = 0;
	for (;;) {
		const { bytesRead } = await file.read(buffer, { offset: 0, position: at });
		if (bytesRead === 0) {
			break;
		}
		const chunk = buffer.subarray(0, bytesRead);
		let from = 0;
		while (from < chunk.length) {
			const isInText = fields.length === 3;
			const separator = chunk.indexOf(isInText ? recordEnd : fieldSeparator, from);
			const end = separator < 0 ? chunk.length : separator;
			if (!isInText) {
				headBytes += end - from;
				if (headBytes > maxHeadBytes) {
					throw invalid(path, `the head of record ${entries.length} doesn't end`);
				}
				head.push(Uint8Array.from(chunk.subarray(from, end)));
			} else if (at + end - textOffset > maxTextBytes) {
				throw invalid(path, `the text of record ${entries.length} doesn't end`);
			}
			if (separator >= 0 && isInText) {
				if (entries.length === maxEntries) {
					throw invalid(path, `it has more than ${maxEntries} records`);
				}
				entries.push(entryOf(fields, textOffset, at + separator - textOffset));
				fields = [];
				headBytes = 0;
			} else if (separator >= 0) {
				fields.push(decode(path, Buffer.concat(head)));
				head = [];
				textOffset = at + separator + 1;
			}
			from = end + 1;
		}
		at += bytesRead;
	}
	if (fields.length > 0 || headBytes > 0) {
		throw invalid(path, "its last record is not whole");
	}
	return entries;
}

function entryOf(fields: readonly string[], textOffset: number, textBytes: number): CorpusEntry {
	const [packageName = "", language = "", path = ""] = fields;
	return { package: packageName, language, path, textOffset, textBytes };
}

function decode(path: string, bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (cause) {
		throw invalid(path, "it holds bytes that are not UTF-8", cause);
	}
}

function invalid(path: string, problem: string, cause?: unknown): UserError {
	return new UserError(
		"corpusInvalid",
		`The corpus file ${path} is damaged (${problem}); build the corpus again.`,
		{ cause },
	);
}
