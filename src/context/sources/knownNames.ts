import type { IndexQueries, IndexedSymbol } from "../index/repositoryIndex.ts";
import { splitWords } from "./identifiers.ts";

/** What is known about a name wherever the cursor is. */
export class KnownName {
	/** The words that it is made of, in lower case. */
	readonly words: readonly string[];
	readonly isConstantCase: boolean;
	readonly isCapitalized: boolean;
	/** In how many files it is mentioned. */
	readonly fileFrequency: number;
	readonly #name: string;
	readonly #index: IndexQueries;
	readonly #languageIds: readonly string[];
	#definitions: readonly IndexedSymbol[] | undefined;

	constructor(name: string, index: IndexQueries, languageIds: readonly string[]) {
		this.words = splitWords(name);
		this.isConstantCase = /^[A-Z][A-Z0-9_]+$/.test(name);
		this.isCapitalized = /^[A-Z]/.test(name);
		this.fileFrequency = index.fileFrequency(name);
		this.#name = name;
		this.#index = index;
		this.#languageIds = languageIds;
	}

	/** In files of the language family, by path; none when there are more than `maxDefinitions`. */
	get definitions(): readonly IndexedSymbol[] {
		this.#definitions ??= this.#index.definitionsOf(this.#name, {
			most: maxDefinitions,
			languageIds: this.#languageIds,
		});
		return this.#definitions;
	}
}

/** More than any query wants of one name. */
const maxDefinitions = 64;

/** What several long queries ask about; a few hundred bytes each. */
const maxRemembered = 50_000;

/**
 * Remembers names from query to query: each asks about thousands, nearly all of which the one before asked
 * about too. When a file changes, only the names in it are forgotten.
 */
export class KnownNames {
	readonly #index: IndexQueries;
	readonly #languageIds: readonly string[];
	readonly #names = new Map<string, KnownName>();
	#revision: number;

	/** `languageIds` are those whose definitions count. */
	constructor(index: IndexQueries, languageIds: readonly string[]) {
		this.#index = index;
		this.#languageIds = languageIds;
		this.#revision = index.revision;
	}

	/** Forgets what isn't true any more; before a query asks. */
	bringUpToDate(): void {
		const { revision } = this.#index;
		if (revision === this.#revision) {
			return;
		}
		const changed = this.#index.namesChangedSince(this.#revision);
		this.#revision = revision;
		if (changed === undefined) {
			this.#names.clear();
		} else {
			for (const name of changed) {
				this.#names.delete(name);
			}
		}
	}

	of(name: string): KnownName {
		let known = this.#names.get(name);
		if (known === undefined) {
			if (this.#names.size >= maxRemembered) {
				this.#names.clear();
			}
			known = new KnownName(name, this.#index, this.#languageIds);
			this.#names.set(name, known);
		}
		return known;
	}
}
