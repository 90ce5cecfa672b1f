import { detached } from "../../base/detached.ts";

/**
 * A bounded map from words to values that is asked with a place in a text: cutting each word out of the text
 * only to look it up would take longer than everything else that is done with it.
 */
export class WordTable<T> {
	readonly #maxWords: number;
	/** Place in `#words` plus one, by hash; 0 where there is none. Its length is a power of two. */
	readonly #slots: Int32Array;
	#words: string[] = [];
	#values: T[] = [];

	constructor(maxWords: number) {
		this.#maxWords = maxWords;
		this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(maxWords * 2)));
	}

	/** The value of the word in [start, end) of `text`, made by `make` when it isn't known. */
	get(text: string, start: number, end: number, make: (word: string) => T): T {
		const mask = this.#slots.length - 1;
		let hash = 0;
		for (let at = start; at < end; at++) {
			hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
		}
		let slot = (hash ^ (hash >>> 15)) & mask;
		for (;;) {
			const place = this.#slots[slot] ?? 0;
			if (place === 0) {
				break;
			}
			const word = this.#words[place - 1];
			const value = this.#values[place - 1];
			if (word !== undefined && value !== undefined && isAt(word, text, start, end)) {
				return value;
			}
			slot = (slot + 1) & mask;
		}
		const word = text.slice(start, end);
		const value = make(word);
		if (this.#words.length >= this.#maxWords) {
			this.#words = [];
			this.#values = [];
			this.#slots.fill(0);
			return value;
		}
		this.#words.push(detached(word));
		this.#values.push(value);
		this.#slots[slot] = this.#words.length;
		return value;
	}
}

function isAt(word: string, text: string, start: number, end: number): boolean {
	if (word.length !== end - start) {
		return false;
	}
	for (let at = 0; at < word.length; at++) {
		if (word.charCodeAt(at) !== text.charCodeAt(start + at)) {
			return false;
		}
	}
	return true;
}
