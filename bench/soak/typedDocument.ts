/** One change of a text: `removed` at `start` became `inserted`. UTF-16. */
export interface Edit {
	readonly start: number;
	readonly removed: string;
	readonly inserted: string;
}

/** The smallest single edit that makes `after` of `before`. */
export function editBetween(before: string, after: string): Edit {
	const shorter = Math.min(before.length, after.length);
	let start = 0;
	while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) {
		start++;
	}
	let end = 0;
	while (
		end < shorter - start &&
		before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
	) {
		end++;
	}
	return {
		start,
		removed: before.slice(start, before.length - end),
		inserted: after.slice(start, after.length - end),
	};
}

/**
 * A document as an editor has it: what it is now follows from the edits that were made, and from nothing else. Whoever
 * compares it with what a person wanted to write sees every keystroke that was lost.
 */
export class TypedDocument {
	#text: string;
	#version = 0;

	constructor(text: string) {
		this.#text = text;
	}

	get text(): string {
		return this.#text;
	}

	/** Grows with every edit. */
	get version(): number {
		return this.#version;
	}

	/** Throws where the document doesn't have what is to be removed. */
	apply({ start, removed, inserted }: Edit): void {
		if (!this.#text.startsWith(removed, start)) {
			throw new Error(`The document has something else at ${start} than what is to be replaced.`);
		}
		this.#text = this.#text.slice(0, start) + inserted + this.#text.slice(start + removed.length);
		this.#version++;
	}

	/** Replaces a range; gives the edit that takes it back. */
	replace(
		{ start, end }: { readonly start: number; readonly end: number },
		inserted: string,
	): Edit {
		const removed = this.#text.slice(start, end);
		this.apply({ start, removed, inserted });
		return { start, removed: inserted, inserted: removed };
	}
}
