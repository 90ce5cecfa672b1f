import { chunkLines } from "./repositoryIndex.ts";
import type { StringTable } from "./stringTable.ts";
import { eachWord, termsOfWord } from "./terms.ts";
import { WordTable } from "./wordTable.ts";

/** The terms of some lines of a file. */
export interface ChunkTerms {
	/** The chunk begins at line `chunk * chunkLines`. */
	readonly chunk: number;
	/** Terms with repetitions. */
	readonly length: number;
	/** Numbers of the string table, growing. */
	readonly terms: Int32Array;
	/** How often each occurs, at the same place. */
	readonly counts: Int32Array;
}

/** Words that are split again and again are remembered, up to this many. */
const maxRememberedWords = 50_000;

/** Counts terms chunk by chunk. */
export class TermCounter {
	readonly #strings: StringTable;
	readonly #termsOfWord = new WordTable<Int32Array>(maxRememberedWords);
	/** For each term of the table how often it occurs in the chunk at hand; zero between chunks. */
	#counts = new Int32Array(1024);

	constructor(strings: StringTable) {
		this.#strings = strings;
	}

	/** Chunks without any word are left out. */
	chunksOf(text: string): readonly ChunkTerms[] {
		const chunks: ChunkTerms[] = [];
		let start = 0;
		for (let chunk = 0; start < text.length; chunk++) {
			const end = endOfLines(text, start, chunkLines);
			const terms = this.#count(text, start, end);
			if (terms !== undefined) {
				chunks.push({ chunk, ...terms });
			}
			start = end;
		}
		return chunks;
	}

	#count(text: string, from: number, to: number): Omit<ChunkTerms, "chunk"> | undefined {
		const seen: number[] = [];
		let length = 0;
		eachWord(text, from, to, (start, end) => {
			for (const term of this.#termsOfWord.get(text, start, end, this.#intern)) {
				if (this.#counts[term] === 0) {
					seen.push(term);
				}
				this.#counts[term] = (this.#counts[term] ?? 0) + 1;
				length++;
			}
		});
		if (length === 0) {
			return undefined;
		}
		const terms = Int32Array.from(seen).sort();
		const counts = new Int32Array(terms.length);
		for (const [index, term] of terms.entries()) {
			counts[index] = this.#counts[term] ?? 1;
			this.#counts[term] = 0;
		}
		return { length, terms, counts };
	}

	readonly #intern = (word: string): Int32Array => {
		const terms = Int32Array.from(termsOfWord(word), (term) => this.#strings.intern(term));
		if (this.#strings.size > this.#counts.length) {
			const larger = new Int32Array(Math.max(this.#counts.length * 2, this.#strings.size));
			larger.set(this.#counts);
			this.#counts = larger;
		}
		return terms;
	};
}

/** The offset after `count` lines from `start`. */
function endOfLines(text: string, start: number, count: number): number {
	let at = start;
	for (let left = count; left > 0; left--) {
		const newline = text.indexOf("\n", at);
		if (newline < 0) {
			return text.length;
		}
		at = newline + 1;
	}
	return at;
}
