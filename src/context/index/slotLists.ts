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

/**
 * The same for keys that are small numbers: ids of the string table. Most have one value, which then needs no
 * list of its own; several hundred thousand would take more memory than all that is in them.
 */
export class DenseSlotLists {
	readonly #lists: (number | number[] | undefined)[] = [];

	add(key: number, value: number): void {
		const list = this.#lists[key];
		if (list === undefined) {
			this.#grow(key);
			this.#lists[key] = value;
		} else if (typeof list !== "number") {
			if (list.at(-1) !== value) {
				list.push(value);
			}
		} else if (list !== value) {
			this.#lists[key] = [list, value];
		}
	}

	remove(key: number, value: number): void {
		const list = this.#lists[key];
		if (list === value) {
			this.#lists[key] = undefined;
		} else if (list !== undefined && typeof list !== "number") {
			const at = list.lastIndexOf(value);
			if (at >= 0) {
				list.splice(at, 1);
			}
		}
	}

	get(key: number): number | readonly number[] {
		return this.#lists[key] ?? none;
	}

	/** Without holes, which would make it a slow table. */
	#grow(key: number): void {
		for (let next = this.#lists.length; next <= key; next++) {
			this.#lists.push(undefined);
		}
	}
}

const none: readonly number[] = [];
