import type { FileTokens } from "./ngramSegmentBuild.ts";

/** One version of a file. */
export interface FileVersion {
	readonly tokens: FileTokens;
	/** Whatever the caller tells versions apart by, such as a hash of the text. */
	readonly stamp: string;
}

interface FileState {
	/** The version that the segments count. */
	readonly counted: FileVersion | undefined;
	/** The version that they should count; undefined when the file is to be forgotten. */
	readonly wanted: FileVersion | undefined;
}

const unknownFile: FileState = { counted: undefined, wanted: undefined };

/** Memory of the objects around a file's tokens, estimated from above. */
const bytesPerFile = 400;

/** What a file takes in this table. */
export function fileBytes(key: string, stamp: string, tokenBytes: number): number {
	return bytesPerFile + 2 * (key.length + stamp.length) + tokenBytes;
}

/** Which files an index counts and which it should count, the least recently used first. */
export class IndexedFiles {
	readonly #states = new Map<string, FileState>();
	/** Keys of files whose counted version is not the wanted one, in the order in which they are dealt with. */
	readonly #pending = new Set<string>();
	#bytes = 0;
	#wantedTokens = 0;
	#wantedBytes = 0;
	#wantedFiles = 0;

	/** Memory of the table and of all versions in it. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Tokens of the wanted versions. */
	get wantedTokens(): number {
		return this.#wantedTokens;
	}

	/** Memory that the wanted versions take, without the counted ones that they replace. */
	get wantedBytes(): number {
		return this.#wantedBytes;
	}

	/** How many files are wanted. */
	get wantedFiles(): number {
		return this.#wantedFiles;
	}

	get pending(): ReadonlySet<string> {
		return this.#pending;
	}

	counted(key: string): FileVersion | undefined {
		return this.#states.get(key)?.counted;
	}

	wanted(key: string): FileVersion | undefined {
		return this.#states.get(key)?.wanted;
	}

	/** All counted versions, the least recently used first. */
	*allCounted(): Generator<readonly [string, FileVersion], void, undefined> {
		for (const [key, { counted }] of this.#states) {
			if (counted !== undefined) {
				yield [key, counted];
			}
		}
	}

	/** From now on `version` of the file is wanted, or none. Counts as a use. */
	want(key: string, version: FileVersion | undefined): void {
		this.#set(key, { counted: this.counted(key), wanted: version });
	}

	/** The segments count `version` of the file now, or none. Not a use. */
	settle(key: string, version: FileVersion | undefined): void {
		// A file may be put and removed again before its first version is counted: it is unknown by then.
		const state = this.#states.get(key) ?? unknownFile;
		this.#replace(key, state, { counted: version, wanted: state.wanted });
	}

	/** The segments count nothing any more. */
	forgetCounted(): void {
		for (const [key, state] of [...this.#states]) {
			this.#replace(key, state, { counted: undefined, wanted: state.wanted });
		}
	}

	/** Makes the file the most recently used one. */
	touch(key: string): void {
		const state = this.#states.get(key);
		if (state !== undefined) {
			this.#states.delete(key);
			this.#states.set(key, state);
		}
	}

	/** The wanted file that was used the longest time ago, other than `except`. */
	leastRecentlyUsed(except?: string): string | undefined {
		for (const [key, { wanted }] of this.#states) {
			if (wanted !== undefined && key !== except) {
				return key;
			}
		}
		return undefined;
	}

	#set(key: string, next: FileState): void {
		this.#replace(key, this.#states.get(key) ?? unknownFile, next);
		this.touch(key);
	}

	/** A map keeps the place of a key whose value changes. */
	#replace(key: string, state: FileState, next: FileState): void {
		this.#account(key, state, -1);
		this.#account(key, next, 1);
		if (next.counted === next.wanted) {
			this.#pending.delete(key);
		} else {
			this.#pending.add(key);
		}
		if (next.counted === undefined && next.wanted === undefined) {
			this.#states.delete(key);
		} else {
			this.#states.set(key, next);
		}
	}

	#account(key: string, { counted, wanted }: FileState, sign: 1 | -1): void {
		for (const version of new Set([counted, wanted])) {
			if (version !== undefined) {
				this.#bytes += sign * fileBytes(key, version.stamp, version.tokens.byteLength);
			}
		}
		if (wanted !== undefined) {
			this.#wantedTokens += sign * wanted.tokens.length;
			this.#wantedBytes += sign * fileBytes(key, wanted.stamp, wanted.tokens.byteLength);
			this.#wantedFiles += sign;
		}
	}
}
