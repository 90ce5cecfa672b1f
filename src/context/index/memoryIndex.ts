import { assert } from "../../base/assert.ts";
import { languageIdOfPath, languageNumberOf, languageSet } from "../files/languageIds.ts";
import { FileChunks, type ChunkRun, type FileChunkHit } from "./fileChunks.ts";
import { FileTable } from "./fileTable.ts";
import { kindOf, RecordReader, symbolField, symbolStride, type FileRecord } from "./fileRecord.ts";
import { importerKeysOf, importKeysOf, ImportResolver } from "./importResolver.ts";
import { PostingLists } from "./postingLists.ts";
import {
	chunkLines,
	type DefinitionOptions,
	type FileFacts,
	type IndexedFile,
	type IndexedImport,
	type IndexedSymbol,
	type NameCount,
	type SearchOptions,
	type TextHit,
} from "./repositoryIndex.ts";
import { RecentChanges } from "./recentChanges.ts";
import { DenseSlotLists, SlotLists } from "./slotLists.ts";
import type { StringTable } from "./stringTable.ts";
import { Tallies } from "./tallies.ts";
import { termCounts } from "./terms.ts";

/** One version of one file. A file that changes gets a new slot; slots of old versions stay empty. */
interface Slot {
	readonly file: IndexedFile;
	readonly record: FileRecord;
	readonly symbols: Int32Array;
	/** The symbols that were asked for, by place: the same few thousand names are asked about with every query. */
	readonly known: (IndexedSymbol | undefined)[];
	readonly chunks: ChunkRun;
	/** What its imports meant when they were last asked for. */
	resolved?: { readonly revision: number; readonly imports: readonly IndexedImport[] };
}

/** Places of definitions are numbers: the slot times this, plus the place among the slot's symbols. */
const maxSymbols = 8192;

/** Everything that queries are answered from. Knows neither the disk nor the database. */
export class MemoryIndex {
	readonly #strings: StringTable;
	readonly #files = new FileTable();
	#slots: (Slot | undefined)[] = [];
	readonly #definitions = new DenseSlotLists();
	readonly #members = new DenseSlotLists();
	readonly #importKeys = new SlotLists<string>();
	#mentions = new PostingLists();
	/** In how many files each name is mentioned. */
	readonly #fileFrequencies = new Tallies();
	readonly #chunks = new FileChunks();
	/** What `files` answered last; undefined when files came or went since. */
	#list: readonly IndexedFile[] | undefined;
	readonly #resolver: ImportResolver;
	readonly #recentChanges = new RecentChanges();
	#symbolCount = 0;
	/** Grows when a file that configures imports, or declares what they name, changes. */
	#configurationRevision = 0;
	revision = 0;

	/** `textOf` reads a whole file, for the few that configure how imports are resolved. */
	constructor(strings: StringTable, textOf: (path: string) => string | undefined) {
		this.#strings = strings;
		this.#resolver = new ImportResolver({
			files: this.#files,
			textOf,
			filesDefiningModule: (name) =>
				this.definitionsOf(name)
					.filter(({ kind }) => kind === "module")
					.map(({ path }) => path),
		});
	}

	/** Resolved imports stay valid while it stays the same. */
	get #resolutionRevision(): number {
		return this.#files.revision + this.#configurationRevision;
	}

	/** Puts a file in, in place of what was known of it. Throws a MalformedRecordError before any change. */
	set(path: string, size: number, record: FileRecord): void {
		const reader = new RecordReader(record);
		const symbols = reader.symbols();
		const imports = reader.imports(this.#strings);
		const changedNames: number[] = [];
		const replaced = this.#forget(path, changedNames);
		const slotNumber = this.#slots.length;
		this.#addSymbols(slotNumber, symbols, changedNames);
		for (const key of new Set(imports.flatMap(importKeysOf))) {
			this.#importKeys.add(key, slotNumber);
		}
		reader.eachName((name, count) => {
			changedNames.push(name);
			this.#mentions.append(name, slotNumber, count);
			this.#fileFrequencies.add(name, 1);
		});
		const { lineCount, isParsed } = reader;
		const file = { path, languageId: languageIdOfPath(path), size, lineCount, isParsed };
		const chunks = this.#chunks.add(slotNumber, languageNumberOf(file.languageId), reader);
		this.#slots.push({ file, record, symbols, known: [], chunks });
		this.#files.set(path, slotNumber);
		// While somebody types, the same file changes again and again: the others stay where they are.
		this.#list =
			replaced === undefined
				? undefined
				: this.#list?.map((other) => (other === replaced ? file : other));
		this.#changed(path, changedNames);
	}

	delete(path: string): void {
		const changedNames: number[] = [];
		if (this.#forget(path, changedNames) !== undefined) {
			this.#files.delete(path);
			this.#list = undefined;
			this.#changed(path, changedNames);
		}
	}

	/**
	 * Takes out everything but the path, which a new version may follow; returns what was known of the file, and
	 * adds its names to `changedNames`.
	 */
	#forget(path: string, changedNames: number[]): IndexedFile | undefined {
		const slotNumber = this.#files.slotOf(path);
		const slot = slotNumber === undefined ? undefined : this.#slots[slotNumber];
		if (slotNumber === undefined || slot === undefined) {
			return undefined;
		}
		this.#slots[slotNumber] = undefined;
		for (let at = 0; at < slot.symbols.length; at += symbolStride) {
			const place = slotNumber * maxSymbols + at / symbolStride;
			const name = slot.symbols[at + symbolField.name] ?? 0;
			changedNames.push(name);
			this.#definitions.remove(name, place);
			this.#members.remove(slot.symbols[at + symbolField.container] ?? 0, place);
		}
		this.#symbolCount -= slot.symbols.length / symbolStride;
		const reader = new RecordReader(slot.record);
		for (const key of new Set(reader.imports(this.#strings).flatMap(importKeysOf))) {
			this.#importKeys.remove(key, slotNumber);
		}
		reader.eachName((name) => {
			changedNames.push(name);
			this.#fileFrequencies.add(name, -1);
		});
		this.#chunks.remove(slot.chunks, reader);
		return slot.file;
	}

	files(): readonly IndexedFile[] {
		this.#list ??= this.#files.paths().map((path) => this.#slotOf(path).file);
		return this.#list;
	}

	file(path: string): IndexedFile | undefined {
		return this.#files.has(path) ? this.#slotOf(path).file : undefined;
	}

	symbolsOf(path: string): readonly IndexedSymbol[] {
		if (!this.#files.has(path)) {
			return [];
		}
		const slot = this.#slotOf(path);
		return Array.from({ length: slot.symbols.length / symbolStride }, (_, place) =>
			this.#symbolAt(slot, place),
		);
	}

	definitionsOf(name: string, options: DefinitionOptions = {}): readonly IndexedSymbol[] {
		const id = this.#strings.idOf(name);
		return id === undefined ? [] : this.#symbolsAt(this.#definitions.get(id), options);
	}

	membersOf(container: string): readonly IndexedSymbol[] {
		const id = this.#strings.idOf(container);
		return id === undefined ? [] : this.#symbolsAt(this.#members.get(id + 1), {});
	}

	importsOf(path: string): readonly IndexedImport[] {
		if (!this.#files.has(path)) {
			return [];
		}
		const slot = this.#slotOf(path);
		if (slot.resolved?.revision !== this.#resolutionRevision) {
			const imports = this.resolveImports(
				path,
				new RecordReader(slot.record).imports(this.#strings),
			);
			slot.resolved = { revision: this.#resolutionRevision, imports };
		}
		return slot.resolved.imports;
	}

	resolveImports(path: string, imports: FileFacts["imports"]): readonly IndexedImport[] {
		const languageId = languageIdOfPath(path);
		return imports.map((tag) => ({
			path,
			...tag,
			resolved: this.#resolver.resolve(path, languageId, tag),
		}));
	}

	importersOf(path: string): readonly string[] {
		const modules = this.symbolsOf(path)
			.filter(({ kind }) => kind === "module")
			.map(({ name }) => name);
		const importers = new Set<string>();
		for (const key of importerKeysOf(path, modules)) {
			for (const slot of this.#importKeys.get(key)) {
				const candidate = this.#pathOf(slot);
				if (
					candidate !== undefined &&
					!importers.has(candidate) &&
					this.importsOf(candidate).some(({ resolved }) => resolved.includes(path))
				) {
					importers.add(candidate);
				}
			}
		}
		return [...importers].sort();
	}

	referencesTo(name: string): readonly NameCount[] {
		const id = this.#strings.idOf(name);
		const counts: NameCount[] = [];
		if (id !== undefined) {
			const pairs = this.#mentions.read(id);
			for (let pair = 0; pair < pairs; pair++) {
				const path = this.#pathOf(this.#mentions.ids[pair] ?? -1);
				if (path !== undefined) {
					counts.push({ path, name, count: this.#mentions.counts[pair] ?? 1 });
				}
			}
		}
		return counts.sort((a, b) => compare(a.path, b.path));
	}

	namesIn(path: string): readonly NameCount[] {
		if (!this.#files.has(path)) {
			return [];
		}
		const counts: NameCount[] = [];
		new RecordReader(this.#slotOf(path).record).eachName((id, count) => {
			counts.push({ path, name: this.#strings.textOf(id), count });
		});
		return counts.sort((a, b) => compare(a.name, b.name));
	}

	fileFrequency(name: string): number {
		const id = this.#strings.idOf(name);
		return id === undefined ? 0 : this.#fileFrequencies.of(id);
	}

	namesChangedSince(revision: number): ReadonlySet<string> | undefined {
		const names = this.#recentChanges.last(this.revision - revision);
		return names === undefined
			? undefined
			: new Set(names.map((name) => this.#strings.textOf(name)));
	}

	search(
		query: string | ReadonlyMap<string, number>,
		{ limit, excludePath, languageIds }: SearchOptions,
	): readonly TextHit[] {
		const weights = typeof query === "string" ? termCounts(query) : query;
		const terms = [...weights].flatMap(([text, weight]) => {
			const term = this.#strings.idOf(text);
			return term === undefined ? [] : [{ term, text, weight }];
		});
		// Sums of floating-point numbers depend on their order, which must not depend on the numbering.
		terms.sort((a, b) => compare(a.text, b.text));
		const excluded = this.#slots[this.#files.slotOf(excludePath ?? "") ?? -1]?.chunks;
		return this.#chunks
			.search(terms, languageSet(languageIds), excluded, limit)
			.map((hit) => this.#hit(hit))
			.sort((a, b) => b.score - a.score || compare(a.path, b.path) || a.startLine - b.startLine)
			.slice(0, limit);
	}

	counts(): { readonly symbols: number; readonly chunks: number; readonly names: number } {
		return {
			symbols: this.#symbolCount,
			chunks: this.#chunks.livingChunks,
			names: this.#fileFrequencies.positive,
		};
	}

	#addSymbols(slot: number, symbols: Int32Array, changedNames: number[]): void {
		for (let at = 0; at < symbols.length; at += symbolStride) {
			const place = slot * maxSymbols + at / symbolStride;
			const name = symbols[at + symbolField.name] ?? 0;
			changedNames.push(name);
			this.#definitions.add(name, place);
			const container = symbols[at + symbolField.container] ?? 0;
			if (container !== 0) {
				this.#members.add(container, place);
			}
		}
		this.#symbolCount += symbols.length / symbolStride;
	}

	/** Drops what is left of old versions when it is most of what there is. Takes 0.1 s for a million lines. */
	#changed(path: string, names: readonly number[]): void {
		this.revision++;
		this.#recentChanges.add(names);
		if (/[.](?:cs|mod)$/.test(path)) {
			this.#configurationRevision++;
		}
		if (!this.#chunks.isWorthCompacting) {
			return;
		}
		this.#chunks.compact(this.#slots.flatMap((slot) => slot?.chunks ?? []));
		this.#mentions = this.#mentions.compact((slot) =>
			this.#slots[slot] === undefined ? undefined : slot,
		);
	}

	#slotOf(path: string): Slot {
		const slot = this.#slots[this.#files.slotOf(path) ?? -1];
		assert(slot !== undefined, "a file of the table has a slot");
		return slot;
	}

	#pathOf(slot: number): string | undefined {
		return this.#slots[slot]?.file.path;
	}

	#symbolsAt(
		places: number | readonly number[],
		{ most = Infinity, excludePath, languageIds }: DefinitionOptions,
	): readonly IndexedSymbol[] {
		const symbols: IndexedSymbol[] = [];
		let isSorted = true;
		let last = "";
		for (const place of typeof places === "number" ? [places] : places) {
			const slot = this.#slots[Math.floor(place / maxSymbols)];
			const { path, languageId } = slot?.file ?? {};
			if (
				slot === undefined ||
				path === undefined ||
				path === excludePath ||
				(languageIds !== undefined && !languageIds.includes(languageId ?? ""))
			) {
				continue;
			}
			if (symbols.length === most) {
				return [];
			}
			isSorted &&= last <= path;
			last = path;
			symbols.push(this.#symbolAt(slot, place % maxSymbols));
		}
		return isSorted ? symbols : symbols.sort((a, b) => compare(a.path, b.path));
	}

	#symbolAt(slot: Slot, place: number): IndexedSymbol {
		return (slot.known[place] ??= this.#readSymbol(slot, place * symbolStride));
	}

	#readSymbol({ file, symbols }: Slot, at: number): IndexedSymbol {
		const number = (field: number): number => symbols[at + field] ?? 0;
		const container = number(symbolField.container);
		return {
			path: file.path,
			name: this.#strings.textOf(number(symbolField.name)),
			kind: kindOf(number(symbolField.kind)),
			container: container === 0 ? undefined : this.#strings.textOf(container - 1),
			docLine: number(symbolField.docLine),
			startLine: number(symbolField.startLine),
			endLine: number(symbolField.endLine),
			nameLine: number(symbolField.nameLine),
			signatureEndLine: number(symbolField.signatureEndLine),
			signatureEndColumn: number(symbolField.signatureEndColumn),
		};
	}

	#hit({ slot: number, place, score }: FileChunkHit): TextHit {
		const slot = this.#slots[number];
		assert(slot !== undefined, "a living chunk belongs to a file");
		const startLine = place * chunkLines;
		const endLine = Math.min(startLine + chunkLines, slot.file.lineCount) - 1;
		return { path: slot.file.path, startLine, endLine, score };
	}
}

/** By UTF-16 units, which is the same everywhere. */
function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
