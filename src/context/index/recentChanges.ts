/** Which names the latest changes touched, so that what is remembered of the others can be kept. */
export class RecentChanges {
	/** One for each of the latest revisions, the latest last. */
	readonly #names: (readonly number[])[] = [];

	add(names: readonly number[]): void {
		this.#names.push(names);
		if (this.#names.length > maxChanges) {
			this.#names.shift();
		}
	}

	/** The names of the last `count` changes; undefined when not all of them are known any more. */
	last(count: number): readonly number[] | undefined {
		return count > this.#names.length
			? undefined
			: this.#names.slice(this.#names.length - count).flat();
	}
}

/** Keystrokes between two questions of somebody who types. */
const maxChanges = 32;
