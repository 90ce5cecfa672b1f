import type { Logger } from "../../base/log.ts";
import { encodingOf, type FileEncodings } from "../files/encodings.ts";
import { languageIdOfPath } from "../files/languageIds.ts";
import { sourceTextOf } from "../files/openedFile.ts";
import { isGenerated } from "../files/sourceText.ts";
import type { FileTags } from "../syntax/fileTags.ts";
import type { MentionSource, NameMention, WantedMentions } from "../syntax/nameMentions.ts";
import { tagLanguageOf } from "../syntax/tagLanguages.ts";
import { isRuntimeFault, ParserEndedError, type TagSource } from "../syntax/tagSource.ts";
import { encodeRecord, type FileRecord } from "./fileRecord.ts";
import type { StringTable } from "./stringTable.ts";
import { TermCounter } from "./termCounter.ts";

export interface RecordMakerOptions {
	readonly maxFileBytes: number;
	readonly encodings: FileEncodings;
	/** Used where no other is named. */
	readonly tags: TagSource & MentionSource;
	readonly logger: Logger;
}

export interface MadeRecord {
	readonly record: FileRecord;
	/** False when the file has to be read again by the next process, which may be able to parse it. */
	readonly isFinal: boolean;
}

/** Makes the record of a file whose tags are being read. To be called once. */
export type FinishRecord = () => Promise<MadeRecord>;

interface ReadTags {
	readonly tags: FileTags | undefined;
	readonly isFinal: boolean;
}

/** Text without a grammar that is longer than this is data. */
const maxPlainBytes = 128 * 1024;

/** Reads off files what the index keeps of them. */
export class RecordMaker {
	readonly #options: RecordMakerOptions;
	readonly #strings: StringTable;
	readonly #counter: TermCounter;
	readonly #failedLanguages = new Set<string>();
	/** The file at which this thread's runtime ended; nothing can be parsed in it after that. */
	#crashedAt: string | undefined;

	constructor(options: RecordMakerOptions, strings: StringTable) {
		this.#options = options;
		this.#strings = strings;
		this.#counter = new TermCounter(strings);
	}

	/**
	 * Begins to read tags of a file's bytes, or of the text of a document. Undefined when the file isn't fit to be indexed. The strings of the table are named by
	 * what it returns, so that files whose tags are read ahead and then thrown away leave nothing behind.
	 */
	start(
		file: string,
		content: Uint8Array | string,
		source: TagSource = this.#options.tags,
	): FinishRecord | undefined {
		const isPlain = tagLanguageOf(languageIdOfPath(file)) === undefined;
		const maxBytes = isPlain ? maxPlainBytes : this.#options.maxFileBytes;
		const read =
			Buffer.byteLength(content) > maxBytes
				? undefined
				: sourceTextOf(content, encodingOf(file, this.#options.encodings));
		if (read === undefined || !("text" in read)) {
			return undefined;
		}
		const { text } = read;
		const reading = this.#readTags(file, text, source);
		return async () => {
			const { tags, isFinal } = await reading;
			// What a program wrote may be called, so its definitions count; nobody looks for its lines.
			const isForReading = !isGenerated(text);
			const record = encodeRecord(
				{
					lineCount: lineCountOf(text),
					tags: tags === undefined || isForReading ? tags : { ...tags, names: new Map() },
					chunks: isForReading ? this.#counter.chunksOf(text) : [],
				},
				this.#strings,
			);
			return { record, isFinal };
		};
	}

	/**
	 * Undefined when there is no grammar, and after one line in the log when it can't be loaded or the parser
	 * has crashed.
	 */
	async tagsOf(file: string, text: string): Promise<FileTags | undefined> {
		return (await this.#readTags(file, text, this.#options.tags)).tags;
	}

	/** Undefined as `tagsOf`. */
	async mentionsOf(
		file: string,
		text: string,
		wanted: WantedMentions,
	): Promise<readonly NameMention[] | undefined> {
		const { tags } = this.#options;
		const read = await this.#parse(file, tags, (languageId) =>
			tags.mentions(languageId, text, wanted),
		);
		return read.result;
	}

	async #readTags(file: string, text: string, source: TagSource): Promise<ReadTags> {
		const { result, isFinal } = await this.#parse(file, source, (languageId) =>
			source.read(languageId, text),
		);
		return { tags: result, isFinal };
	}

	/** Never rejects. */
	async #parse<Result>(
		file: string,
		source: TagSource,
		read: (languageId: string) => Promise<Result | undefined>,
	): Promise<{ readonly result: Result | undefined; readonly isFinal: boolean }> {
		const languageId = languageIdOfPath(file);
		const isParsed = tagLanguageOf(languageId) !== undefined;
		const hasCrashed = this.#crashedAt !== undefined && this.#crashedAt !== file;
		const isHere = source === this.#options.tags;
		if (isParsed && ((isHere && hasCrashed) || this.#failedLanguages.has(languageId))) {
			return { result: undefined, isFinal: false };
		}
		try {
			return { result: await read(languageId), isFinal: true };
		} catch (error) {
			return { result: undefined, isFinal: this.#explain(file, languageId, error) };
		}
	}

	/** Returns whether the fault is the file's own, so that it needn't be read again. */
	#explain(file: string, languageId: string, error: unknown): boolean {
		const { logger } = this.#options;
		if (error instanceof ParserEndedError) {
			logger.warn(
				`Definitions in “${file}” aren't known: the parser ended over it. (${error.message})`,
			);
			return true;
		}
		if (isRuntimeFault(error)) {
			this.#crashedAt = file;
			logger.warn(
				`The parser crashed at “${file}”, so definitions in files that change from now on aren't known ` +
					`until the editor is restarted. That file is left out from then on. (${String(error)})`,
			);
			return true;
		}
		if (this.#failedLanguages.has(languageId)) {
			return false;
		}
		this.#failedLanguages.add(languageId);
		logger.warn(
			`Definitions in ${languageId} files aren't known because their grammar can't be loaded. ` +
				`Reinstall the extension. (${String(error)})`,
		);
		return false;
	}
}

function lineCountOf(text: string): number {
	let lines = 1;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
		lines++;
	}
	return lines;
}
