import { hash } from "node:crypto";
import { readdirSync } from "node:fs";
import type { Logger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import { openSource, sourceTextOf, type FileVersion } from "../files/openedFile.ts";
import { isWalked, walkRepository, type FoundFile } from "../files/walkRepository.ts";
import type { TagReader } from "../syntax/tagReader.ts";
import { breather } from "./breather.ts";
import { MalformedRecordError } from "./bytes.ts";
import type { IndexStore, StoredFile, StoredIndex } from "./indexStore.ts";
import { MemoryIndex } from "./memoryIndex.ts";
import { RecordMaker, type MadeRecord } from "./recordMaker.ts";
import type {
	AnalysedText,
	IndexedSymbol,
	IndexQueries,
	IndexStats,
	RepositoryIndex,
	ScanProgress,
	ScanSummary,
} from "./repositoryIndex.ts";
import { statsOf } from "./stats.ts";
import { StringTable } from "./stringTable.ts";
import { TextCache } from "./textCache.ts";

export interface LocalIndexOptions {
	/** Absolute, without links. */
	readonly root: string;
	readonly exclude: readonly string[];
	readonly maxFileBytes: number;
	readonly tags: TagReader;
	readonly logger: Logger;
}

/** A transaction takes a few milliseconds to end; one a file would be most of the work. */
const flushEveryMs = 500;

/** A file written so shortly before it was read may be written again without its time changing. */
const clockGrainMs = 2000;

/** A version of a file that was read, whether it was fit or not. */
type ReadVersion = Omit<StoredFile, "path" | "record">;

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
	readonly #texts = new TextCache();
	#serial: Promise<unknown> = Promise.resolve();
	#scans = 0;

	constructor(options: LocalIndexOptions, store: IndexStore | undefined, stored: StoredIndex) {
		this.#options = options;
		this.#store = store;
		this.#maker = new RecordMaker(options, this.#strings);
		this.#memory = new MemoryIndex(this.#strings, (file) => this.#linesOf(file)?.join("\n"));
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
	readonly definitionsOf: IndexQueries["definitionsOf"] = (name) =>
		this.#memory.definitionsOf(name);
	readonly membersOf: IndexQueries["membersOf"] = (container) => this.#memory.membersOf(container);
	readonly importsOf: IndexQueries["importsOf"] = (path) => this.#memory.importsOf(path);
	readonly importersOf: IndexQueries["importersOf"] = (path) => this.#memory.importersOf(path);
	readonly referencesTo: IndexQueries["referencesTo"] = (name) => this.#memory.referencesTo(name);
	readonly namesIn: IndexQueries["namesIn"] = (path) => this.#memory.namesIn(path);
	readonly fileFrequency: IndexQueries["fileFrequency"] = (name) =>
		this.#memory.fileFrequency(name);
	readonly search: IndexQueries["search"] = (query, options) => this.#memory.search(query, options);

	textOf(file: string, startLine: number, endLine: number): string | undefined {
		return this.#linesOf(file)
			?.slice(Math.max(0, startLine), endLine + 1)
			.join("\n");
	}

	signatureOf(symbol: IndexedSymbol): string | undefined {
		const { path, startLine, signatureEndLine, signatureEndColumn } = symbol;
		const lines = this.#linesOf(path)?.slice(startLine, signatureEndLine + 1);
		const last = lines?.pop();
		return last === undefined
			? undefined
			: [...(lines ?? []), last.slice(0, signatureEndColumn)].join("\n");
	}

	async scan(
		signal: AbortSignal,
		onProgress: (progress: ScanProgress) => void = () => undefined,
	): Promise<ScanSummary> {
		const started = performance.now();
		const summary = { indexed: 0, unchanged: 0, removed: 0, skipped: 0, bytes: 0 };
		this.#scans++;
		try {
			const walk = await this.#findChanged(signal);
			summary.unchanged = walk.unchanged;
			const bytesTotal = walk.changed.reduce((sum, { version }) => sum + version.size, 0);
			let bytesDone = 0;
			let flushed = performance.now();
			const breathe = breather();
			for (const [index, { path, version }] of walk.changed.entries()) {
				if (signal.aborted) {
					break;
				}
				const outcome = await this.#inTurn(() => this.#readFromDisk(path));
				summary[outcome]++;
				bytesDone += version.size;
				if (outcome === "indexed") {
					summary.bytes += version.size;
				}
				onProgress({
					filesDone: index + 1,
					filesTotal: walk.changed.length,
					bytesDone,
					bytesTotal,
				});
				if (performance.now() - flushed > flushEveryMs) {
					this.#flush();
					flushed = performance.now();
				}
				await breathe();
			}
			if (!signal.aborted) {
				for (const path of this.#versions.keys()) {
					if (!walk.seen.has(path)) {
						await this.#inTurn(() => {
							this.#forgetFile(path);
							return Promise.resolve();
						});
						summary.removed++;
						await breathe();
					}
				}
			}
		} finally {
			this.#scans--;
			this.#flush();
		}
		return { ...summary, elapsedMs: performance.now() - started, aborted: signal.aborted };
	}

	async update(file: string, text?: string): Promise<void> {
		const { root, exclude } = this.#options;
		await this.#inTurn(async () => {
			if (file.includes("\0") || !isWalked(root, file, exclude)) {
				this.#forgetFile(file);
			} else if (text === undefined) {
				const wasUnsaved = this.#unsaved.delete(file);
				await this.#readFromDisk(file, wasUnsaved);
			} else {
				this.#unsaved.set(file, text);
				await this.#takeText(file, Buffer.from(text));
			}
		});
		this.#flushUnlessScanning();
	}

	async remove(file: string): Promise<void> {
		await this.#inTurn(() => {
			const known = new Set([...this.#versions.keys(), ...this.#unsaved.keys()]);
			for (const path of known) {
				if (path === file || path.startsWith(`${file}/`)) {
					this.#forgetFile(path);
				}
			}
			return Promise.resolve();
		});
		this.#flushUnlessScanning();
	}

	async analyse(file: string, text: string): Promise<AnalysedText> {
		const tags = await this.#maker.tagsOf(file, text);
		const imports = tags?.imports ?? [];
		return {
			facts: {
				lineCount: text.split("\n").length,
				isParsed: tags !== undefined,
				symbols: tags?.definitions ?? [],
				imports,
				names: [...(tags?.names ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
			},
			imports: this.#memory.resolveImports(file, imports),
		};
	}

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
		this.#options.tags.dispose();
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

	/** The files that have to be read, and every file that is there. */
	async #findChanged(signal: AbortSignal): Promise<{
		readonly changed: readonly FoundFile[];
		readonly seen: ReadonlySet<string>;
		readonly unchanged: number;
	}> {
		const { root, exclude, maxFileBytes } = this.#options;
		assertReadable(root);
		const changed: FoundFile[] = [];
		const seen = new Set<string>();
		let unchanged = 0;
		const breathe = breather();
		for (const found of walkRepository(root, { exclude, maxFileBytes })) {
			if (signal.aborted) {
				break;
			}
			if (found === undefined) {
				await breathe();
				continue;
			}
			seen.add(found.path);
			if (this.#unsaved.has(found.path) || this.#isCurrent(found.path, found.version)) {
				unchanged++;
			} else {
				changed.push(found);
			}
		}
		return { changed, seen, unchanged };
	}

	#isCurrent(file: string, version: FileVersion): boolean {
		const known = this.#versions.get(file);
		return (
			known?.size === version.size &&
			known.modifiedMs === version.modifiedMs &&
			known.checkedMs > version.modifiedMs + clockGrainMs
		);
	}

	async #readFromDisk(
		file: string,
		evenIfUnchanged = false,
	): Promise<"indexed" | "unchanged" | "skipped"> {
		const { root, maxFileBytes } = this.#options;
		const checkedMs = Date.now();
		const opened = openSource(root, file, maxFileBytes);
		if (opened.kind === "missing") {
			this.#forgetFile(file);
			return "skipped";
		}
		const { size, modifiedMs } = opened.version;
		const unread = { size, modifiedMs, checkedMs, hash: new Uint8Array() };
		if (opened.kind === "unfit") {
			this.#takeUnfit(file, unread);
			return "skipped";
		}
		const digest = hash("sha256", opened.bytes, "buffer");
		const known = this.#versions.get(file);
		if (!evenIfUnchanged && known !== undefined && digest.equals(known.hash)) {
			this.#versions.set(file, { ...unread, hash: known.hash });
			this.#store?.touch({ path: file, ...unread });
			return "unchanged";
		}
		const version = { ...unread, hash: digest };
		const made = await this.#takeText(file, opened.bytes);
		if (made === undefined) {
			this.#takeUnfit(file, version);
			return "skipped";
		}
		this.#versions.set(file, version);
		if (made.isFinal) {
			this.#store?.put({ path: file, ...version, record: made.record });
		} else {
			this.#store?.delete(file);
		}
		return "indexed";
	}

	/** Puts a text into memory; undefined when it isn't fit to be indexed. */
	async #takeText(file: string, bytes: Uint8Array): Promise<MadeRecord | undefined> {
		this.#texts.delete(file);
		const made = await this.#maker.recordOf(file, bytes);
		if (made === undefined) {
			this.#memory.delete(file);
			return undefined;
		}
		this.#memory.set(file, bytes.length, made.record);
		return made;
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
		if (this.#versions.delete(file)) {
			this.#store?.delete(file);
		}
	}

	/** The lines that were indexed: what has changed on disk since then has other line numbers. */
	#linesOf(file: string): readonly string[] | undefined {
		if (this.#memory.file(file) === undefined) {
			return undefined;
		}
		const cached = this.#texts.get(file);
		if (cached !== undefined) {
			return cached;
		}
		const unsaved = this.#unsaved.get(file);
		if (unsaved !== undefined) {
			return this.#texts.set(file, unsaved);
		}
		const { root, maxFileBytes } = this.#options;
		const known = this.#versions.get(file);
		const opened = openSource(root, file, maxFileBytes);
		if (
			opened.kind !== "source" ||
			opened.version.size !== known?.size ||
			opened.version.modifiedMs !== known.modifiedMs
		) {
			return undefined;
		}
		const source = sourceTextOf(opened.bytes);
		return "text" in source ? this.#texts.set(file, source.text) : undefined;
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

/** Throws a UserError for a folder that went away: its files are not gone, they can't be seen. */
function assertReadable(root: string): void {
	try {
		readdirSync(root);
	} catch (error) {
		throw new UserError("indexFolder", `${root} can't be read; check that it still exists.`, {
			cause: error,
		});
	}
}
