import type { Logger } from "../../base/log.ts";
import type { FileEncodings } from "../files/encodings.ts";
import { isWalked, type FoundFile } from "../files/walkRepository.ts";
import type { MentionSource } from "../syntax/nameMentions.ts";
import type { TagSource } from "../syntax/tagSource.ts";
import { breather } from "./breather.ts";
import { MalformedRecordError } from "./bytes.ts";
import { factsOf } from "./fileFacts.ts";
import { findChanged } from "./findChanged.ts";
import { IndexedTexts } from "./indexedTexts.ts";
import type { IndexStore, StoredFile, StoredIndex } from "./indexStore.ts";
import { MemoryIndex } from "./memoryIndex.ts";
import { notAhead, readAhead, type ReadAheadLimits } from "./readAhead.ts";
import { isCurrent, readVersion, type ReadVersion } from "./readVersion.ts";
import { RecordMaker, type FinishRecord } from "./recordMaker.ts";
import type {
	AnalysedText,
	IndexQueries,
	IndexStats,
	RepositoryIndex,
	ScanProgress,
	ScanSummary,
} from "./repositoryIndex.ts";
import { statsOf } from "./stats.ts";
import { StringTable } from "./stringTable.ts";

export interface LocalIndexOptions {
	/** Absolute, without links. */
	readonly root: string;
	readonly exclude: readonly string[];
	readonly maxFileBytes: number;
	readonly encodings: FileEncodings;
	/** Parses in this thread. */
	readonly tags: TagSource & MentionSource;
	/** Starts a process that parses while this thread does the rest; without it there is only this one. */
	readonly startParser?: (() => TagSource) | undefined;
	readonly logger: Logger;
}

/** A transaction takes a few milliseconds to end; one a file would be most of the work. */
const flushEveryMs = 500;

/** Less is parsed here before a process has loaded its grammars. */
const minBytesForProcess = 1_000_000;

/** Enough for both to be busy although files differ in what they cost each. */
const aheadOfParser: ReadAheadLimits = { items: 32, weight: 400_000 };

/** A file that was read, and what is to become of it. */
type Opening =
	| { readonly kind: "missing" }
	| { readonly kind: "unfit"; readonly version: ReadVersion }
	| { readonly kind: "unchanged"; readonly version: ReadVersion }
	| {
			readonly kind: "source";
			readonly version: ReadVersion;
			/** Bytes that were read. */
			readonly size: number;
			readonly finish: FinishRecord;
	  };

type Outcome = "indexed" | "unchanged" | "skipped";

/** A RepositoryIndex in this thread. Changes are made one after the other, queries in between. */
export class LocalRepositoryIndex implements RepositoryIndex {
	readonly #options: LocalIndexOptions;
	readonly #store: IndexStore | undefined;
	readonly #strings = new StringTable();
	readonly #maker: RecordMaker;
	readonly #memory: MemoryIndex;
	/** What was last read from disk, of files that are indexed and of those that aren't fit. */
	readonly #versions = new Map<string, ReadVersion>();
	/** Texts of documents that aren't saved. */
	readonly #unsaved = new Map<string, string>();
	/** Read ahead by a scan; what changes meanwhile leaves this table, and is read again in its turn. */
	readonly #ahead = new Map<string, Opening>();
	readonly #texts: IndexedTexts;
	#serial: Promise<unknown> = Promise.resolve();
	#scans = 0;

	constructor(options: LocalIndexOptions, store: IndexStore | undefined, stored: StoredIndex) {
		this.#options = options;
		this.#store = store;
		this.#maker = new RecordMaker(options, this.#strings);
		this.#texts = new IndexedTexts({
			...options,
			unsaved: this.#unsaved,
			versions: this.#versions,
			isIndexed: (file) => this.#memory.file(file) !== undefined,
		});
		this.#memory = new MemoryIndex(this.#strings, (file) =>
			this.#texts.textOf(file, 0, Number.MAX_SAFE_INTEGER),
		);
		for (const text of stored.strings) {
			this.#strings.intern(text);
		}
		for (const file of stored.files) {
			this.#restore(file);
		}
	}

	get revision(): number {
		return this.#memory.revision;
	}
	readonly files: IndexQueries["files"] = () => this.#memory.files();
	readonly file: IndexQueries["file"] = (path) => this.#memory.file(path);
	readonly symbolsOf: IndexQueries["symbolsOf"] = (path) => this.#memory.symbolsOf(path);
	readonly definitionsOf: IndexQueries["definitionsOf"] = (name, options) =>
		this.#memory.definitionsOf(name, options);
	readonly membersOf: IndexQueries["membersOf"] = (container) => this.#memory.membersOf(container);
	readonly importsOf: IndexQueries["importsOf"] = (path) => this.#memory.importsOf(path);
	readonly importersOf: IndexQueries["importersOf"] = (path) => this.#memory.importersOf(path);
	readonly referencesTo: IndexQueries["referencesTo"] = (name) => this.#memory.referencesTo(name);
	readonly namesIn: IndexQueries["namesIn"] = (path) => this.#memory.namesIn(path);
	readonly fileFrequency: IndexQueries["fileFrequency"] = (name) =>
		this.#memory.fileFrequency(name);
	readonly namesChangedSince: IndexQueries["namesChangedSince"] = (revision) =>
		this.#memory.namesChangedSince(revision);
	readonly search: IndexQueries["search"] = (query, options) => this.#memory.search(query, options);

	readonly textOf: IndexQueries["textOf"] = (file, startLine, endLine) =>
		this.#texts.textOf(file, startLine, endLine);
	readonly signatureOf: IndexQueries["signatureOf"] = (symbol) => this.#texts.signatureOf(symbol);

	async scan(
		signal: AbortSignal,
		onProgress: (progress: ScanProgress) => void = () => undefined,
	): Promise<ScanSummary> {
		const started = performance.now();
		const summary = { indexed: 0, unchanged: 0, removed: 0, skipped: 0, bytes: 0 };
		const { root } = this.#options;
		this.#scans++;
		let parser: TagSource | undefined;
		try {
			const { changed, seen, unchanged } = await findChanged(
				root,
				this.#options,
				(found) => this.#unsaved.has(found.path) || this.#isCurrent(found),
				signal,
			);
			summary.unchanged = unchanged;
			const bytesTotal = changed.reduce((sum, { version }) => sum + version.size, 0);
			parser = bytesTotal < minBytesForProcess ? undefined : this.#options.startParser?.();
			let filesDone = 0;
			let bytesDone = 0;
			let flushed = performance.now();
			const breathe = breather();
			for (const { item, started: opening } of readAhead(
				changed,
				({ path }) => this.#openAhead(path, parser),
				({ version }) => version.size,
				parser === undefined ? notAhead : aheadOfParser,
			)) {
				if (signal.aborted) {
					break;
				}
				const outcome = await this.#inTurn(() => this.#takeAhead(item.path, opening));
				summary[outcome]++;
				filesDone++;
				bytesDone += item.version.size;
				if (outcome === "indexed") {
					summary.bytes += item.version.size;
				}
				onProgress({ filesDone, filesTotal: changed.length, bytesDone, bytesTotal });
				if (performance.now() - flushed > flushEveryMs) {
					this.#flush();
					flushed = performance.now();
				}
				await breathe();
			}
			if (!signal.aborted) {
				summary.removed = await this.#forgetUnseen(seen);
			}
		} finally {
			this.#scans--;
			if (this.#scans === 0) {
				this.#ahead.clear();
			}
			this.#flush();
			await parser?.dispose();
		}
		return { ...summary, elapsedMs: performance.now() - started, aborted: signal.aborted };
	}

	async update(file: string, text?: string): Promise<void> {
		const { root, exclude } = this.#options;
		await this.#inTurn(async () => {
			this.#ahead.delete(file);
			if (file.includes("\0") || !isWalked(root, file, exclude)) {
				this.#forgetFile(file);
			} else if (text === undefined) {
				const wasUnsaved = this.#unsaved.delete(file);
				await this.#take(file, this.#open(file, { evenIfUnchanged: wasUnsaved }));
			} else {
				this.#unsaved.set(file, text);
				await this.#takeText(file, text);
			}
		});
		this.#flushUnlessScanning();
	}

	async remove(file: string): Promise<void> {
		await this.#inTurn(() => {
			for (const paths of [this.#versions, this.#unsaved, this.#ahead]) {
				for (const path of paths.keys()) {
					if (path === file || path.startsWith(`${file}/`)) {
						this.#forgetFile(path);
					}
				}
			}
			return Promise.resolve();
		});
		this.#flushUnlessScanning();
	}

	async analyse(file: string, text: string): Promise<AnalysedText> {
		const tags = await this.#maker.tagsOf(file, text);
		const imports = tags?.imports ?? [];
		return { facts: factsOf(text, tags), imports: this.#memory.resolveImports(file, imports) };
	}

	readonly mentionsIn: RepositoryIndex["mentionsIn"] = (file, text, wanted) =>
		this.#maker.mentionsOf(file, text, wanted);

	stats(): IndexStats {
		return statsOf(this, {
			...this.#memory.counts(),
			terms: this.#strings.size,
			databaseBytes: this.#store?.bytes ?? 0,
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#serial;
		this.#flush();
		this.#store?.close();
		await this.#options.tags.dispose();
	}

	#restore({ path, record, ...version }: StoredFile): void {
		this.#versions.set(path, version);
		if (record === undefined) {
			return;
		}
		try {
			this.#memory.set(path, version.size, record);
		} catch (error) {
			if (!(error instanceof MalformedRecordError)) {
				throw error;
			}
			// Its bytes are as they were written, so they were written wrongly. It is read again.
			this.#options.logger.warn(`${path} is indexed again because ${error.message}.`);
			this.#versions.delete(path);
		}
	}

	#isCurrent({ path, version }: FoundFile): boolean {
		return isCurrent(this.#versions.get(path), version);
	}

	#openAhead(file: string, parser: TagSource | undefined): Opening {
		const opening = this.#open(file, { parser });
		this.#ahead.set(file, opening);
		return opening;
	}

	/** Takes what was read ahead, unless the file has changed since. */
	#takeAhead(file: string, opening: Opening): Promise<Outcome> {
		const isLatest = this.#ahead.get(file) === opening;
		this.#ahead.delete(file);
		if (this.#unsaved.has(file)) {
			return Promise.resolve("unchanged");
		}
		return this.#take(file, isLatest ? opening : this.#open(file));
	}

	/** Reads a file, and begins to parse it when it isn't what was read before. */
	#open(
		file: string,
		how: { readonly evenIfUnchanged?: boolean; readonly parser?: TagSource | undefined } = {},
	): Opening {
		const { root, maxFileBytes } = this.#options;
		const read = readVersion(root, file, maxFileBytes);
		if (read.kind !== "source") {
			return read;
		}
		const { version, bytes } = read;
		const known = this.#versions.get(file);
		if (
			how.evenIfUnchanged !== true &&
			known !== undefined &&
			sameBytes(version.hash, known.hash)
		) {
			return { kind: "unchanged", version: { ...version, hash: known.hash } };
		}
		const finish = this.#maker.start(file, bytes, how.parser);
		return finish === undefined
			? { kind: "unfit", version }
			: { kind: "source", version, size: bytes.length, finish };
	}

	async #take(file: string, opening: Opening): Promise<Outcome> {
		switch (opening.kind) {
			case "missing":
				this.#forgetFile(file);
				return "skipped";
			case "unfit":
				this.#takeUnfit(file, opening.version);
				return "skipped";
			case "unchanged":
				this.#versions.set(file, opening.version);
				this.#store?.touch({ path: file, ...opening.version });
				return "unchanged";
			case "source": {
				const { version, size, finish } = opening;
				const { record, isFinal } = await finish();
				this.#texts.delete(file);
				this.#memory.set(file, size, record);
				this.#versions.set(file, version);
				if (isFinal) {
					this.#store?.put({ path: file, ...version, record });
				} else {
					this.#store?.delete(file);
				}
				return "indexed";
			}
		}
	}

	/** Puts the text of a document into memory, or forgets the file when the text isn't fit to be indexed. */
	async #takeText(file: string, text: string): Promise<void> {
		const made = await this.#maker.start(file, text)?.();
		this.#texts.delete(file);
		if (made === undefined) {
			this.#memory.delete(file);
		} else {
			this.#memory.set(file, Buffer.byteLength(text), made.record);
		}
	}

	/** Returns how many. */
	async #forgetUnseen(seen: ReadonlySet<string>): Promise<number> {
		let removed = 0;
		const breathe = breather();
		for (const path of this.#versions.keys()) {
			if (!seen.has(path)) {
				await this.#inTurn(() => {
					this.#forgetFile(path);
					return Promise.resolve();
				});
				removed++;
				await breathe();
			}
		}
		return removed;
	}

	#takeUnfit(file: string, version: ReadVersion): void {
		this.#memory.delete(file);
		this.#texts.delete(file);
		this.#versions.set(file, version);
		this.#store?.put({ path: file, ...version, record: undefined });
	}

	#forgetFile(file: string): void {
		this.#memory.delete(file);
		this.#texts.delete(file);
		this.#unsaved.delete(file);
		this.#ahead.delete(file);
		if (this.#versions.delete(file)) {
			this.#store?.delete(file);
		}
	}

	#inTurn<T>(change: () => Promise<T>): Promise<T> {
		const done = this.#serial.then(change);
		this.#serial = done.catch(() => undefined);
		return done;
	}

	#flushUnlessScanning(): void {
		if (this.#scans === 0) {
			this.#flush();
		}
	}

	#flush(): void {
		this.#store?.flush((first) => this.#strings.from(first));
	}
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return Buffer.compare(a, b) === 0;
}
