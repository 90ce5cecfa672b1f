import type { TokenId } from "./tokenIds.ts";

/** The bytes of all tokens, in numbers: goes from one thread to another without a copy. */
export interface VocabularyTable {
	/** The bytes of all tokens, by id, one after the other; none for a special token. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Where each token's bytes begin, and after the last one's where they end. */
	readonly starts: Uint32Array<ArrayBuffer>;
	/** The tokens that stand for text, sorted by their bytes. */
	readonly sorted: Int32Array<ArrayBuffer>;
}

/** `pieces` are the bytes of all tokens, by id. About 1 µs a token. */
export function vocabularyTable(pieces: readonly Uint8Array[]): VocabularyTable {
	const starts = new Uint32Array(pieces.length + 1);
	for (const [token, piece] of pieces.entries()) {
		starts[token + 1] = (starts[token] ?? 0) + piece.length;
	}
	const bytes = new Uint8Array(starts[pieces.length] ?? 0);
	for (const [token, piece] of pieces.entries()) {
		bytes.set(piece, starts[token]);
	}
	// JavaScript compares strings natively.
	const keys = pieces.map(bytesToKey);
	const keyOf = (token: number): string => keys[token] ?? "";
	const sorted = [...keys.keys()]
		.filter((token) => keyOf(token).length > 0)
		.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
	return { bytes, starts, sorted: Int32Array.from(sorted) };
}

/**
 * Every token that stands for text, sorted by its bytes, so that the tokens which begin with given bytes
 * are one contiguous range. Lookups are binary searches.
 *
 * Bytes are compared as strings of one character per byte, which are made when they are first asked for.
 */
export class VocabularyIndex {
	readonly #table: VocabularyTable;
	readonly #keys: (string | undefined)[];

	constructor(table: VocabularyTable) {
		this.#table = table;
		this.#keys = new Array<undefined>(this.size);
	}

	/** Number of ids: every one is in [0, size). */
	get size(): number {
		return this.#table.starts.length - 1;
	}

	/** The bytes that `token` stands for; empty for a special token, and for an id beyond the vocabulary. */
	bytesOf(token: TokenId): Uint8Array {
		const { bytes, starts } = this.#table;
		// A view would take all bytes with it wherever it is sent.
		return bytes.slice(starts[token] ?? bytes.length, starts[token + 1] ?? bytes.length);
	}

	/** The bytes of `token`, one character each; empty for a special token. */
	keyOf(token: TokenId): string {
		const known = this.#keys[token];
		if (known !== undefined) {
			return known;
		}
		const key = bytesToKey(this.bytesOf(token));
		if (token < this.#keys.length) {
			this.#keys[token] = key;
		}
		return key;
	}

	/** The token that stands for exactly `key`. */
	tokenOf(key: string): TokenId | undefined {
		const position = this.#firstNotBefore(key);
		return this.#keyAt(position) === key ? this.#tokenAt(position) : undefined;
	}

	/** The tokens that begin with `key`, `key` itself included, sorted by their bytes. */
	tokensWithPrefix(key: string): readonly TokenId[] {
		const found = this.#table.sorted.subarray(this.#firstNotBefore(key), this.#endOfPrefix(key));
		return Array.from(found) as TokenId[];
	}

	/** Whether some token begins with `key` and goes on after it. */
	isProperPrefix(key: string): boolean {
		const first = this.#firstNotBefore(key);
		const candidate = this.#keyAt(this.#keyAt(first) === key ? first + 1 : first);
		return candidate?.startsWith(key) === true;
	}

	#tokenAt(position: number): TokenId | undefined {
		return this.#table.sorted[position] as TokenId | undefined;
	}

	#keyAt(position: number): string | undefined {
		const token = this.#tokenAt(position);
		return token === undefined ? undefined : this.keyOf(token);
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
		let high = this.#table.sorted.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (isBefore(this.#keyAt(middle) ?? "")) {
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
