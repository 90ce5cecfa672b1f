import type { FileTags } from "../syntax/fileTags.ts";
import { ByteReader, ByteWriter, MalformedRecordError } from "./bytes.ts";
import { definitionKinds } from "../syntax/fileTags.ts";
import type { FileFacts, SymbolKind } from "./repositoryIndex.ts";
import type { StringTable } from "./stringTable.ts";
import type { ChunkTerms } from "./termCounter.ts";

/**
 * What is known about one file, as the bytes that the database keeps and that stay in memory. Strings are
 * numbers of the table that belongs to the database. Four sections: symbols, imports, names, chunks.
 */
export type FileRecord = Uint8Array;

/** Grows whenever the bytes mean something else, or other things are read off a file. */
export const recordVersion = 2;

/** Whole numbers for one symbol, in the order of SymbolField. */
export const symbolStride = 10;

/** Places of a symbol's numbers. */
export const symbolField = {
	name: 0,
	kind: 1,
	/** 0 without a container, otherwise one more than its string. */
	container: 2,
	docLine: 3,
	startLine: 4,
	endLine: 5,
	nameLine: 6,
	signatureEndLine: 7,
	signatureEndColumn: 8,
} as const;

export interface FileContent {
	readonly lineCount: number;
	/** Undefined for text without a grammar. */
	readonly tags: FileTags | undefined;
	readonly chunks: readonly ChunkTerms[];
}

export function encodeRecord(content: FileContent, strings: StringTable): FileRecord {
	const writer = new ByteWriter();
	writer.write(content.lineCount);
	writer.write(content.tags === undefined ? 0 : 1);
	writer.writeSection(symbolsSection(content.tags, strings));
	writer.writeSection(importsSection(content.tags, strings));
	writer.writeSection(namesSection(content.tags, strings));
	writer.writeSection(chunksSection(content.chunks));
	return writer.toBytes();
}

function symbolsSection(tags: FileTags | undefined, strings: StringTable): ByteWriter {
	const writer = new ByteWriter();
	const definitions = tags?.definitions ?? [];
	writer.write(definitions.length);
	for (const symbol of definitions) {
		writer.write(strings.intern(symbol.name));
		writer.write(definitionKinds.indexOf(symbol.kind));
		writer.write(symbol.container === undefined ? 0 : strings.intern(symbol.container) + 1);
		writer.write(symbol.docLine);
		writer.write(symbol.startLine - symbol.docLine);
		writer.write(symbol.endLine - symbol.startLine);
		writer.write(symbol.nameLine - symbol.docLine);
		writer.write(symbol.signatureEndLine - symbol.docLine);
		writer.write(symbol.signatureEndColumn);
	}
	return writer;
}

function importsSection(tags: FileTags | undefined, strings: StringTable): ByteWriter {
	const writer = new ByteWriter();
	const imports = tags?.imports ?? [];
	writer.write(imports.length);
	for (const tag of imports) {
		writer.write(tag.startLine);
		writer.write(tag.endLine - tag.startLine);
		writer.write(strings.intern(tag.specifier));
		writer.write(tag.names.length);
		for (const { imported, local } of tag.names) {
			writer.write(strings.intern(imported));
			writer.write(strings.intern(local));
		}
	}
	return writer;
}

function namesSection(tags: FileTags | undefined, strings: StringTable): ByteWriter {
	const writer = new ByteWriter();
	const names = [...(tags?.names ?? [])]
		.filter(([name]) => !/[\r\n]/.test(name))
		.map(([name, count]) => [strings.intern(name), count] as const)
		.sort(([a], [b]) => a - b);
	writer.write(names.length);
	let previous = 0;
	for (const [id, count] of names) {
		writer.write(id - previous);
		writer.write(count);
		previous = id;
	}
	return writer;
}

function chunksSection(chunks: readonly ChunkTerms[]): ByteWriter {
	const writer = new ByteWriter();
	writer.write(chunks.length);
	for (const { chunk, length, terms, counts } of chunks) {
		writer.write(chunk);
		writer.write(length);
		writer.write(terms.length);
		let previous = 0;
		for (const [index, term] of terms.entries()) {
			writer.write(term - previous);
			writer.write(counts[index] ?? 1);
			previous = term;
		}
	}
	return writer;
}

/** Reads records; a record that isn't one throws a MalformedRecordError. */
export class RecordReader {
	readonly lineCount: number;
	readonly isParsed: boolean;
	readonly #symbols: ByteReader;
	readonly #imports: ByteReader;
	readonly #names: ByteReader;
	readonly #chunks: ByteReader;

	constructor(record: FileRecord) {
		const reader = new ByteReader(record);
		this.lineCount = reader.read();
		this.isParsed = reader.read() === 1;
		this.#symbols = reader.section();
		this.#imports = reader.section();
		this.#names = reader.section();
		this.#chunks = reader.section();
	}

	/** `symbolStride` numbers for each symbol. Each section can be read once. */
	symbols(): Int32Array {
		const reader = this.#symbols;
		const count = boundedCount(reader.read());
		const symbols = new Int32Array(count * symbolStride);
		for (let at = 0; at < symbols.length; at += symbolStride) {
			symbols[at + symbolField.name] = reader.read();
			const kind = reader.read();
			if (kind >= definitionKinds.length) {
				throw new MalformedRecordError("a symbol is of no known kind");
			}
			symbols[at + symbolField.kind] = kind;
			symbols[at + symbolField.container] = reader.read();
			const docLine = reader.read();
			symbols[at + symbolField.docLine] = docLine;
			const startLine = docLine + reader.read();
			symbols[at + symbolField.startLine] = startLine;
			symbols[at + symbolField.endLine] = startLine + reader.read();
			symbols[at + symbolField.nameLine] = docLine + reader.read();
			symbols[at + symbolField.signatureEndLine] = docLine + reader.read();
			symbols[at + symbolField.signatureEndColumn] = reader.read();
		}
		return symbols;
	}

	imports(strings: StringTable): FileFacts["imports"] {
		const reader = this.#imports;
		return Array.from({ length: boundedCount(reader.read()) }, () => {
			const startLine = reader.read();
			return {
				startLine,
				endLine: startLine + reader.read(),
				specifier: strings.textOf(reader.read()),
				names: Array.from({ length: boundedCount(reader.read()) }, () => ({
					imported: strings.textOf(reader.read()),
					local: strings.textOf(reader.read()),
				})),
			};
		});
	}

	eachName(visit: (name: number, count: number) => void): void {
		const reader = this.#names;
		let name = 0;
		for (let left = reader.read(); left > 0; left--) {
			name += reader.read();
			visit(name, reader.read());
		}
	}

	/** `begin` before the terms of each chunk; `chunk` is its place in the file, `length` its words. */
	eachChunk(
		begin: (chunk: number, length: number) => void,
		visit: (term: number, count: number) => void,
	): number {
		const reader = this.#chunks;
		const chunks = reader.read();
		for (let left = chunks; left > 0; left--) {
			begin(reader.read(), reader.read());
			let term = 0;
			for (let terms = reader.read(); terms > 0; terms--) {
				term += reader.read();
				visit(term, reader.read());
			}
		}
		return chunks;
	}
}

export function kindOf(index: number): SymbolKind {
	return definitionKinds[index] ?? "variable";
}

/** No file has more symbols or imports: a larger number would only allocate memory for damage. */
function boundedCount(count: number): number {
	if (count > 100_000) {
		throw new MalformedRecordError("the record counts more than a file can have");
	}
	return count;
}
