/**
 * The lines of a fragment, indented as the line that it replaces: models often leave out what all lines have
 * in common. Lines that can't be shifted all alike stay as they are.
 */
export function indentLike(fragment: readonly string[], line: string): readonly string[] {
	const first = fragment.find((text) => text.trim() !== "");
	if (first === undefined) {
		return fragment;
	}
	const wanted = indentationOf(line);
	const present = indentationOf(first);
	if (wanted === present) {
		return fragment;
	}
	if (wanted.endsWith(present)) {
		const added = wanted.slice(0, wanted.length - present.length);
		return fragment.map((text) => (text.trim() === "" ? text : added + text));
	}
	if (present.endsWith(wanted)) {
		const removed = present.slice(0, present.length - wanted.length);
		const isShared = fragment.every((text) => text.trim() === "" || text.startsWith(removed));
		return isShared
			? fragment.map((text) => (text.trim() === "" ? text : text.slice(removed.length)))
			: fragment;
	}
	return fragment;
}

export function indentationOf(line: string): string {
	return /^[ \t]*/.exec(line)?.[0] ?? "";
}
