import {
	chunkLines,
	type IndexedFile,
	type IndexQueries,
	type TextHit,
} from "../index/repositoryIndex.ts";
import { identifiersIn, isTellingName } from "./identifiers.ts";

/** What stands in a chunk of a file. The same object as long as the file stays as it is. */
export interface ChunkContent {
	readonly text: string;
	/** Its telling names, each once. */
	readonly names: readonly string[];
	/** Every identifier of each line, once a line. */
	readonly lines: readonly (readonly string[])[];
}

/** What the longest query takes, twice: the same chunks are found again while somebody types. */
const maxRemembered = 2_500;

/** Remembers the chunks that searches find. */
export class KnownChunks {
	readonly #index: IndexQueries;
	/** By file, of which there is a new object for every version, and by place in it. */
	readonly #contents = new Map<IndexedFile, Map<number, ChunkContent>>();
	#count = 0;

	constructor(index: IndexQueries) {
		this.#index = index;
	}

	/** Undefined when the file can't be read any more. */
	of({ path, startLine, endLine }: TextHit): ChunkContent | undefined {
		const file = this.#index.file(path);
		if (file === undefined) {
			return undefined;
		}
		const place = startLine / chunkLines;
		const known = this.#contents.get(file)?.get(place);
		if (known !== undefined) {
			return known;
		}
		const text = this.#index.textOf(path, startLine, endLine);
		if (text === undefined) {
			return undefined;
		}
		const content = contentOf(text);
		this.#remember(file, place, content);
		return content;
	}

	#remember(file: IndexedFile, place: number, content: ChunkContent): void {
		if (this.#count >= maxRemembered) {
			this.#contents.clear();
			this.#count = 0;
		}
		this.#count++;
		const ofFile = this.#contents.get(file);
		if (ofFile === undefined) {
			this.#contents.set(file, new Map([[place, content]]));
		} else {
			ofFile.set(place, content);
		}
	}
}

function contentOf(text: string): ChunkContent {
	const lines = text.split("\n").map((line) => [...new Set(identifiersIn(line))]);
	return { text, names: [...new Set(lines.flat())].filter(isTellingName), lines };
}
