/**
 * For each key the files that have it, or places in them, as numbers that only grow. For keys that few files
 * share: removing one looks through the list.
 */
export class SlotLists<Key> {
	readonly #lists = new Map<Key, number[]>();

	add(key: Key, value: number): void {
		const list = this.#lists.get(key);
		if (list === undefined) {
			this.#lists.set(key, [value]);
		} else if (list.at(-1) !== value) {
			list.push(value);
		}
	}

	remove(key: Key, value: number): void {
		const list = this.#lists.get(key);
		const at = list?.lastIndexOf(value) ?? -1;
		if (list === undefined || at < 0) {
			return;
		}
		if (list.length === 1) {
			this.#lists.delete(key);
		} else {
			list.splice(at, 1);
		}
	}

	get(key: Key): readonly number[] {
		return this.#lists.get(key) ?? [];
	}
}
