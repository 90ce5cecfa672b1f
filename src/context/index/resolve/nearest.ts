/** Files by how many folders they share with the importer, the most first, then by path. */
export function nearestFirst(importer: string, files: readonly string[]): readonly string[] {
	const shared = new Map(files.map((file) => [file, sharedFolders(importer, file)]));
	return [...shared]
		.sort(([a, sharedA], [b, sharedB]) => sharedB - sharedA || (a < b ? -1 : 1))
		.map(([file]) => file);
}

function sharedFolders(a: string, b: string): number {
	const foldersA = a.split("/").slice(0, -1);
	const foldersB = b.split("/").slice(0, -1);
	let shared = 0;
	while (shared < foldersA.length && foldersA[shared] === foldersB[shared]) {
		shared++;
	}
	return shared;
}

/** The folders above a file, the innermost first, the root ("") last. */
export function foldersAbove(file: string): readonly string[] {
	const parts = file.split("/").slice(0, -1);
	return [...parts.keys(), parts.length].reverse().map((count) => parts.slice(0, count).join("/"));
}

/** A path of folders, leaving out those that are empty. */
export function joined(...parts: readonly string[]): string {
	return parts.filter((part) => part !== "").join("/");
}
