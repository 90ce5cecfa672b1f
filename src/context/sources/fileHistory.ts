/** Which files of a repository change together. */
export interface FileHistory {
	/** Files that were changed in the same commits, with a strength in (0, 1]; the strongest first. */
	changedWith(path: string): ReadonlyMap<string, number>;
}

export const noHistory: FileHistory = { changedWith: () => new Map() };

/** What was read last: a history takes seconds to read, and may be read again. */
export class LatestHistory implements FileHistory {
	latest = noHistory;

	changedWith(path: string): ReadonlyMap<string, number> {
		return this.latest.changedWith(path);
	}
}
