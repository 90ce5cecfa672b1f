import { slicesOf } from "./slices.ts";
import { visitShingles } from "./shingles.ts";

/** Lexemes of a text that are looked for in others, as a set of their shingles. */
export class SharedRun {
	readonly #shingleLexemes: number;
	readonly #shingles = new Map<number, number>();

	/** `text` should have at most some thousand lexemes: it is looked at in one go. */
	constructor(text: string, shingleLexemes: number) {
		this.#shingleLexemes = shingleLexemes;
		visitShingles(text, shingleLexemes, (first, second) => this.#shingles.set(first, second));
	}

	/** Whether the text has fewer lexemes than a shingle, so that nothing can be found. */
	get isEmpty(): boolean {
		return this.#shingles.size === 0;
	}

	/**
	 * Where in `other` the first run of so many lexemes begins that is in the text too, in UTF-16 units; undefined where none is,
	 * and after an abort. Gives the thread back between slices.
	 */
	async startIn(other: string, signal: AbortSignal): Promise<number | undefined> {
		for await (const { text, startOffset } of slicesOf(other, signal)) {
			let found: number | undefined;
			visitShingles(text, this.#shingleLexemes, (first, second, start) => {
				if (found === undefined && this.#shingles.get(first) === second) {
					found = startOffset + start;
				}
			});
			if (found !== undefined) {
				return found;
			}
		}
		return undefined;
	}
}
