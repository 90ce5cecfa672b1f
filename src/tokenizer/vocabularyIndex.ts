import type { TokenId, Tokenizer } from "./tokenizer.ts";

/**
 * Every token that stands for text, sorted by its bytes, so that the tokens which begin with given bytes
 * are one contiguous range. Built once per tokenizer (about 1 µs a token); lookups are binary searches.
 *
 * Bytes are held as strings of one character per byte, because JavaScript compares those natively.
 */
export class VocabularyIndex {
	readonly #keys: readonly string[];
	readonly #ids: readonly TokenId[];
	readonly #keyOf: readonly string[];

	constructor(tokenizer: Pick<Tokenizer, "vocabularySize" | "bytesOf">) {
		this.#keyOf = Array.from({ length: tokenizer.vocabularySize }, (_, id) =>
			bytesToKey(tokenizer.bytesOf(id as TokenId)),
		);
		const keyOf = (id: number): string => this.#keyOf[id] ?? "";
		this.#ids = [...this.#keyOf.keys()]
			.filter((id) => keyOf(id).length > 0)
			.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) as TokenId[];
		this.#keys = this.#ids.map(keyOf);
	}

	/** The bytes of `token`, one character each; empty for a special token. */
	keyOf(token: TokenId): string {
		return this.#keyOf[token] ?? "";
	}

	/** The token that stands for exactly `key`. */
	tokenOf(key: string): TokenId | undefined {
		const index = this.#firstNotBefore(key);
		return this.#keys[index] === key ? this.#ids[index] : undefined;
	}

	/** The tokens that begin with `key`, `key` itself included, sorted by their bytes. */
	tokensWithPrefix(key: string): readonly TokenId[] {
		return this.#ids.slice(this.#firstNotBefore(key), this.#endOfPrefix(key));
	}

	/** Whether some token begins with `key` and goes on after it. */
	isProperPrefix(key: string): boolean {
		const first = this.#firstNotBefore(key);
		const candidate = this.#keys[this.#keys[first] === key ? first + 1 : first];
		return candidate?.startsWith(key) === true;
	}

	/** The first position whose key is not less than `key`. */
	#firstNotBefore(key: string): number {
		return this.#partition((candidate) => candidate < key);
	}

	/** The first position past every key that begins with `key`. */
	#endOfPrefix(key: string): number {
		return this.#partition((candidate) => candidate < key || candidate.startsWith(key));
	}

	/** The first position where `isBefore` no longer holds; it must hold for a leading part only. */
	#partition(isBefore: (key: string) => boolean): number {
		let low = 0;
		let high = this.#keys.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (isBefore(this.#keys[middle] ?? "")) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		return low;
	}
}

/** Bytes as a string whose order is the order of the bytes. */
export function bytesToKey(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}
