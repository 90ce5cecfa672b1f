import type { Hunk } from "./hunks.ts";
import type { Merging } from "./merging.ts";
import type { OutlineNode } from "./outline.ts";

interface Addition {
	readonly at: number;
	readonly lines: readonly string[];
	/** Nothing but what ends the body follows the gap. */
	readonly isLast: boolean;
	/** It stands at the gap's start, with more in the gap. */
	readonly isAfter: boolean;
}

/** What is added to a list has a comma before it, and one behind it where more follows. */
export function withCommas(
	{ file }: Merging,
	{ at, lines, isLast, isAfter }: Addition,
	apart: readonly string[],
): readonly Hunk[] {
	const plain: Hunk = { start: at, end: at, lines: [...apart, ...lines] };
	const before = file.lines[at - 1] ?? "";
	const own = lines.at(-1) ?? "";
	const isList = file.language.id.startsWith("json") || /,\s*$/.test(own);
	const opens = /[([{,]\s*$/.test(before) || before.trim() === "";
	if (!isList) {
		return [plain];
	}
	const ended =
		/,\s*$/.test(own) || (isLast && !isAfter)
			? lines
			: [...lines.slice(0, -1), `${own.trimEnd()},`];
	const closed =
		file.language.id.startsWith("json") && isLast && !isAfter
			? ended.map((line, index) => (index === ended.length - 1 ? line.replace(/,\s*$/, "") : line))
			: ended;
	return opens
		? [{ ...plain, lines: [...apart, ...closed] }]
		: [{ start: at - 1, end: at, lines: [`${before.trimEnd()},`, ...apart, ...closed] }];
}

/** In a list what takes a thing's place is followed by a comma as that was. */
export function withCommaLike(
	{ file }: Merging,
	present: OutlineNode,
	lines: readonly string[],
): readonly string[] {
	const last = lines.at(-1) ?? "";
	const hadComma = /,\s*$/.test(file.lines[present.end - 1] ?? "");
	const isJson = file.language.id.startsWith("json");
	if (hadComma && !/[,;([{]\s*$/.test(last) && last.trim() !== "") {
		return [...lines.slice(0, -1), `${last.trimEnd()},`];
	}
	return isJson && !hadComma ? [...lines.slice(0, -1), last.replace(/,\s*$/, "")] : lines;
}
