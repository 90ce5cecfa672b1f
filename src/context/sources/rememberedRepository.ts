import type { IndexQueries } from "../index/repositoryIndex.ts";
import { KnownChunks } from "./knownChunks.ts";
import { KnownNames } from "./knownNames.ts";
import { languageFamily } from "./languageFamily.ts";
import { RememberedImports } from "./rememberedImports.ts";

/** A repository, with what is remembered of it from query to query. */
export class RememberedRepository {
	readonly index: IndexQueries;
	readonly chunks: KnownChunks;
	readonly imports: RememberedImports;
	/** By the first language of each family. */
	readonly #names = new Map<string, KnownNames>();

	constructor(index: IndexQueries) {
		this.index = index;
		this.chunks = new KnownChunks(index);
		this.imports = new RememberedImports(index);
	}

	/** Forgets what isn't true any more; before a query asks. */
	bringUpToDate(): void {
		this.imports.bringUpToDate();
		for (const names of this.#names.values()) {
			names.bringUpToDate();
		}
	}

	/** Names as they are known to files of a language. */
	namesFor(languageId: string): KnownNames {
		const family = languageFamily(languageId);
		const key = family[0] ?? languageId;
		let names = this.#names.get(key);
		if (names === undefined) {
			names = new KnownNames(this.index, family);
			this.#names.set(key, names);
		}
		return names;
	}
}
