import type { IndexedSymbol } from "../index/repositoryIndex.ts";
import type { KnownName, KnownNames } from "./knownNames.ts";

/**
 * What is known about one name as a candidate for the code at the cursor. Sources add to it, ranking reads
 * it. Strengths are in [0, 1] unless said otherwise, and 0 means nothing is known.
 */
export interface NameEvidence {
	readonly name: string;
	readonly known: KnownName;
	/** Definitions in other files of the same language family, the likeliest first. */
	definitions: readonly IndexedSymbol[];
	/** How close the file of the likeliest definition is to this one. */
	fileCloseness: number;
	/** Member of the type that stands before the dot. */
	receiverMember: number;
	/** Defined in the module that stands before the dot. */
	receiverModule: number;
	/** How often it follows the same receiver in similar text: logarithm of a count, from 0. */
	followsReceiver: number;
	/** Member of a type that stands near the cursor. */
	nearbyMember: number;
	/** Weight in text that is similar to that around the cursor. */
	similarText: number;
	/** Weight in text that is similar to the cursor's line and those just above it. */
	similarLine: number;
	/** Weight in lines that follow lines like those above the cursor. */
	nextLine: number;
	/** Of being used at the cursor: what ranking makes of the rest. */
	probability: number;
}

/** The names that the sources found. */
export class NameTable {
	readonly #known: KnownNames;
	readonly #entries = new Map<string, NameEvidence>();

	constructor(known: KnownNames) {
		this.#known = known;
	}

	get size(): number {
		return this.#entries.size;
	}

	has(name: string): boolean {
		return this.#entries.has(name);
	}

	/** The entry of a name, made when it isn't there. */
	of(name: string): NameEvidence {
		let entry = this.#entries.get(name);
		if (entry === undefined) {
			entry = {
				name,
				known: this.#known.of(name),
				definitions: [],
				fileCloseness: 0,
				receiverMember: 0,
				receiverModule: 0,
				followsReceiver: 0,
				nearbyMember: 0,
				similarText: 0,
				similarLine: 0,
				nextLine: 0,
				probability: 0,
			};
			this.#entries.set(name, entry);
		}
		return entry;
	}

	entries(): Iterable<NameEvidence> {
		return this.#entries.values();
	}
}
