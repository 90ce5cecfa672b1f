/** Which files of a repository change together. */
export interface FileHistory {
	/** Files that were changed in the same commits, with a strength in (0, 1]; the strongest first. */
	changedWith(path: string): ReadonlyMap<string, number>;
}

export const noHistory: FileHistory = { changedWith: () => new Map() };
