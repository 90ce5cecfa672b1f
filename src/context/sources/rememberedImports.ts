import type { IndexQueries } from "../index/repositoryIndex.ts";

/** Changes of the repository after which everything is asked again: a few minutes of typing. */
const maxAge = 500;

/** The files that a file imports, by its own order. */
export function importedBy(index: IndexQueries, path: string): readonly string[] {
	const files = index.importsOf(path).flatMap(({ resolved }) => resolved);
	// A Go import means every file of a folder, and what is only for its tests isn't part of it.
	return [...new Set(files)].filter((file) => !file.endsWith("_test.go"));
}

/**
 * What files import, and who imports them, remembered from query to query: resolving takes a tenth of a
 * millisecond a file and a query asks about a hundred. Typing in one file changes the revision but hardly ever
 * what others import, so an answer serves for a while.
 */
export class RememberedImports {
	readonly #index: IndexQueries;
	readonly #imported = new Map<string, readonly string[]>();
	readonly #importers = new Map<string, readonly string[]>();
	#revision: number;

	constructor(index: IndexQueries) {
		this.#index = index;
		this.#revision = index.revision;
	}

	/** Forgets what has become old; before a query asks. */
	bringUpToDate(): void {
		const { revision } = this.#index;
		if (revision - this.#revision > maxAge) {
			this.#revision = revision;
			this.#imported.clear();
			this.#importers.clear();
		}
	}

	importedBy(path: string): readonly string[] {
		let files = this.#imported.get(path);
		if (files === undefined) {
			files = importedBy(this.#index, path);
			this.#imported.set(path, files);
		}
		return files;
	}

	importersOf(path: string): readonly string[] {
		let files = this.#importers.get(path);
		if (files === undefined) {
			files = this.#index.importersOf(path);
			this.#importers.set(path, files);
		}
		return files;
	}
}
