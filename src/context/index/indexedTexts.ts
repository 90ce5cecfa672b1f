import { encodingOf, type FileEncodings } from "../files/encodings.ts";
import { openSource, sourceTextOf } from "../files/openedFile.ts";
import { LinedText } from "./linedText.ts";
import type { ReadVersion } from "./readVersion.ts";
import type { IndexedSymbol } from "./repositoryIndex.ts";
import { TextCache } from "./textCache.ts";

interface IndexedTextsOptions {
	/** Absolute, without links. */
	readonly root: string;
	readonly maxFileBytes: number;
	readonly encodings: FileEncodings;
	/** Texts of documents that aren't saved, by path. */
	readonly unsaved: ReadonlyMap<string, string>;
	/** What was last read from disk, by path. */
	readonly versions: ReadonlyMap<string, ReadVersion>;
	readonly isIndexed: (file: string) => boolean;
}

/** The lines of files as they were indexed: what has changed on disk since then has other line numbers. */
export class IndexedTexts {
	readonly #options: IndexedTextsOptions;
	readonly #texts = new TextCache();

	constructor(options: IndexedTextsOptions) {
		this.#options = options;
	}

	/** Another version is indexed from now on. */
	delete(file: string): void {
		this.#texts.delete(file);
	}

	/** See IndexQueries. */
	textOf(file: string, startLine: number, endLine: number): string | undefined {
		return this.#textOf(file)?.lines(startLine, endLine);
	}

	/** See IndexQueries. */
	signatureOf(symbol: IndexedSymbol): string | undefined {
		const { path, startLine, signatureEndLine, signatureEndColumn } = symbol;
		return this.#textOf(path)?.upTo(startLine, signatureEndLine, signatureEndColumn);
	}

	/** Undefined when the file isn't indexed, or is no longer what was indexed. */
	#textOf(file: string): LinedText | undefined {
		if (!this.#options.isIndexed(file)) {
			return undefined;
		}
		const cached = this.#texts.get(file);
		if (cached !== undefined) {
			return cached;
		}
		const { root, maxFileBytes, encodings, unsaved, versions } = this.#options;
		const text = unsaved.get(file);
		if (text !== undefined) {
			return this.#remember(file, text);
		}
		const known = versions.get(file);
		const opened = openSource(root, file, maxFileBytes);
		if (
			opened.kind !== "source" ||
			opened.version.size !== known?.size ||
			opened.version.modifiedMs !== known.modifiedMs
		) {
			return undefined;
		}
		const source = sourceTextOf(opened.bytes, encodingOf(file, encodings));
		return "text" in source ? this.#remember(file, source.text) : undefined;
	}

	#remember(file: string, text: string): LinedText {
		const lined = new LinedText(text);
		this.#texts.set(file, lined);
		return lined;
	}
}
