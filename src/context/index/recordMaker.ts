import type { Logger } from "../../base/log.ts";
import { languageIdOfPath } from "../files/languageIds.ts";
import { sourceTextOf } from "../files/openedFile.ts";
import { isGenerated } from "../files/sourceText.ts";
import type { FileTags } from "../syntax/fileTags.ts";
import { tagLanguageOf } from "../syntax/tagLanguages.ts";
import type { TagReader } from "../syntax/tagReader.ts";
import { encodeRecord, type FileRecord } from "./fileRecord.ts";
import type { StringTable } from "./stringTable.ts";
import { TermCounter } from "./termCounter.ts";

export interface RecordMakerOptions {
	readonly maxFileBytes: number;
	readonly tags: TagReader;
	readonly logger: Logger;
}

export interface MadeRecord {
	readonly record: FileRecord;
	/** False when the file has to be read again by the next process, which may be able to parse it. */
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
	/** The file at which the runtime ended; nothing can be parsed in this process after that. */
	#crashedAt: string | undefined;

	constructor(options: RecordMakerOptions, strings: StringTable) {
		this.#options = options;
		this.#strings = strings;
		this.#counter = new TermCounter(strings);
	}

	/** Undefined when the file isn't fit to be indexed. */
	async recordOf(file: string, bytes: Uint8Array): Promise<MadeRecord | undefined> {
		const isPlain = tagLanguageOf(languageIdOfPath(file)) === undefined;
		const maxBytes = isPlain ? maxPlainBytes : this.#options.maxFileBytes;
		const source = bytes.length > maxBytes ? undefined : sourceTextOf(bytes);
		if (source === undefined || !("text" in source)) {
			return undefined;
		}
		const { text } = source;
		const tags = await this.tagsOf(file, text);
		// What a program wrote may be called, so its definitions count; nobody looks for its lines.
		const isForReading = !isGenerated(text);
		const record = encodeRecord(
			{
				lineCount: text.split("\n").length,
				tags: tags === undefined || isForReading ? tags : { ...tags, names: new Map() },
				chunks: isForReading ? this.#counter.chunksOf(text) : [],
			},
			this.#strings,
		);
		return { record, isFinal: !this.#isUnread(file) };
	}

	/**
	 * Undefined when there is no grammar, and after one line in the log when it can't be loaded or the parser
	 * has crashed.
	 */
	async tagsOf(file: string, text: string): Promise<FileTags | undefined> {
		if (this.#isUnread(file)) {
			return undefined;
		}
		const languageId = languageIdOfPath(file);
		try {
			return await this.#options.tags.read(languageId, text);
		} catch (error) {
			if (error instanceof Error && error.name === "RuntimeError") {
				this.#crashedAt = file;
				this.#options.logger.warn(
					`The parser crashed at ${file}, so definitions in files that change from now on aren't known ` +
						`until the editor is restarted. That file is left out from then on. (${String(error)})`,
				);
			} else {
				this.#failedLanguages.add(languageId);
				this.#options.logger.warn(
					`Definitions in ${languageId} files aren't known because their grammar can't be loaded. ` +
						`Reinstall the extension. (${String(error)})`,
				);
			}
			return undefined;
		}
	}

	/** Whether the file would have been parsed if it weren't for a fault elsewhere. */
	#isUnread(file: string): boolean {
		const languageId = languageIdOfPath(file);
		return (
			tagLanguageOf(languageId) !== undefined &&
			((this.#crashedAt !== undefined && this.#crashedAt !== file) ||
				this.#failedLanguages.has(languageId))
		);
	}
}
