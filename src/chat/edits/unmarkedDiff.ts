/**
 * Whether a block that doesn't say so is a diff of a file with these lines: what its `-` lines remove stands in the
 * file and they themselves don't, or all but its `+` lines does. Lists and signs of numbers are no such lines.
 */
export function isUnmarkedDiff(content: string, fileLines: readonly string[]): boolean {
	const inFile = new Set(fileLines.map((line) => line.trimEnd()));
	const has = (line: string): boolean => inFile.has(line.trimEnd());
	const trimmed = new Set(fileLines.map((line) => line.trim()));
	const lines = content.split("\n").filter((line) => line.trim() !== "");
	const removed = lines.filter((line) => line.startsWith("-"));
	const added = lines.filter((line) => line.startsWith("+"));
	// Signs in a margin move what they stand before; lists have but one kind of them.
	const isThere = (line: string): boolean =>
		has(line) || (added.length > 0 && trimmed.has(line.trim()));
	if (removed.length > 0) {
		// A blank line that goes away says nothing, and a rule is one in most texts.
		const telling = removed.filter((line) => !/^-+\s*$/.test(line));
		return telling.length > 0 && telling.every((line) => !has(line) && isThere(line.slice(1)));
	}
	return (
		added.length > 0 &&
		added.length < lines.length &&
		lines.every((line) =>
			line.startsWith("+") ? !has(line) : has(line) || (line.startsWith(" ") && has(line.slice(1))),
		)
	);
}

/** Whether a block holds both versions of some code, between marks that no file should have. */
export function hasBothVersions(content: string): boolean {
	if (/^\s*\*{3} Begin Patch\s*$/m.test(content.slice(0, 200))) {
		return true;
	}
	const lines = content.split("\n");
	const start = lines.findIndex((line) => /^<{5,9}(?: |$)/.test(line));
	const middle = lines.findIndex((line, at) => at > start && /^={5,9}\s*$/.test(line));
	return (
		start >= 0 &&
		middle > start &&
		lines.findIndex((line, at) => at > middle && /^>{5,9}(?: |$)/.test(line)) > 0
	);
}
