import { assert } from "../../base/assert.ts";
import { detached } from "../../base/detached.ts";

/** Numbers for strings, from 0 in the order in which they came. Strings are never forgotten. */
export class StringTable {
	readonly #ids = new Map<string, number>();
	readonly #texts: string[] = [];

	get size(): number {
		return this.#texts.length;
	}

	idOf(text: string): number | undefined {
		return this.#ids.get(text);
	}

	/** Half of a surrogate pair becomes U+FFFD, and a newline a space: the database keeps one string a line. */
	intern(written: string): number {
		const known = this.#ids.get(written);
		if (known !== undefined) {
			return known;
		}
		const text = written.toWellFormed().replaceAll("\n", " ");
		let id = this.#ids.get(text);
		if (id === undefined) {
			id = this.#texts.length;
			// A slice of a file would keep the whole file in memory.
			const owned = detached(text);
			this.#ids.set(owned, id);
			this.#texts.push(owned);
		}
		return id;
	}

	textOf(id: number): string {
		const text = this.#texts[id];
		assert(text !== undefined, "a record names a string that the table doesn't have");
		return text;
	}

	/** The strings from number `first` on. */
	from(first: number): readonly string[] {
		return this.#texts.slice(first);
	}
}
