/**
 * The paths that `query` may mean, the likeliest first: its letters stand in the path in this order, best
 * together, in the file's name and at its beginning. Case doesn't matter. Shorter paths come first among equals.
 */
export function rankPaths(query: string, paths: readonly string[], limit: number): string[] {
	const wanted = query.trim().toLowerCase().replaceAll("\\", "/");
	if (wanted === "") {
		return paths.slice(0, limit);
	}
	return paths
		.map((path) => ({ path, rank: rankOf(wanted, path.toLowerCase()) }))
		.filter(({ rank }) => rank !== undefined)
		.sort(
			(a, b) =>
				(a.rank ?? 0) - (b.rank ?? 0) ||
				a.path.length - b.path.length ||
				(a.path < b.path ? -1 : 1),
		)
		.slice(0, limit)
		.map(({ path }) => path);
}

/** The lower the better; undefined for no match. */
function rankOf(query: string, path: string): number | undefined {
	const name = path.slice(path.lastIndexOf("/") + 1);
	if (name === query || path === query) {
		return 0;
	}
	if (name.startsWith(query)) {
		return 1;
	}
	if (name.includes(query)) {
		return 2;
	}
	if (path.includes(query)) {
		return 3;
	}
	if (hasInOrder(query, name)) {
		return 4;
	}
	return hasInOrder(query, path) ? 5 : undefined;
}

function hasInOrder(letters: string, text: string): boolean {
	let from = 0;
	for (const letter of letters) {
		const at = text.indexOf(letter, from);
		if (at < 0) {
			return false;
		}
		from = at + letter.length;
	}
	return true;
}
