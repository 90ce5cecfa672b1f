import { placeOfFragment } from "./fragment.ts";
import type { Hunk } from "./hunks.ts";
import { indentationOf, reindent } from "./indentation.ts";
import type { Merging } from "./merging.ts";
import { outlineOf, type Source } from "./outline.ts";
import { keyText } from "./outlineIndex.ts";
import type { LineSpan } from "./review.ts";

/** The places of statements without names, between lines that stand for others, in order; or a sentence. */
export function placeParts(merging: Merging): readonly Hunk[] | string {
	const { file } = merging;
	const hunks: Hunk[] = [];
	for (const part of partsOf(merging.block)) {
		const place = placeOfFragment(file.lines, part, hunks.at(-1)?.end ?? 0);
		if (place.kind === "ambiguous") {
			return "The code of the answer fits several places of the file; select the lines that it is for, and apply it again.";
		}
		if (place.kind === "missing" || losesName(merging, part, place)) {
			return "It is not clear where the code of the answer belongs in the file; select the lines that it replaces, and apply it again.";
		}
		hunks.push(hunkAtPlace(merging, part, place));
	}
	return hunks.length === 0
		? "The answer has no code in it that the file doesn't have already."
		: hunks;
}

function partsOf({ lines, kinds }: Source): string[][] {
	const parts: string[][] = [[]];
	for (const [at, line] of lines.entries()) {
		if (kinds[at] === "standIn") {
			parts.push([]);
		} else {
			parts.at(-1)?.push(line);
		}
	}
	return parts.filter((part) => part.some((line) => line.trim() !== ""));
}

/** Whether a declaration of the file stands between the first and the last line and isn't in the part. */
function losesName({ file }: Merging, part: readonly string[], { start, end }: LineSpan): boolean {
	const text = new Set(part.map((line) => line.trim()));
	return outlineOf(file, start, end).some(
		({ key, body, start: line }) =>
			key !== undefined &&
			body !== undefined &&
			key.kind !== "label" &&
			!text.has((file.lines[line] ?? "").trim()) &&
			!part.some((own) => own.includes(keyText(key).slice(key.kind.length + 1))),
	);
}

/** The part instead of the lines at its place, indented as they are. */
export function hunkAtPlace(
	{ file, indenting }: Merging,
	part: readonly string[],
	{ start, end }: LineSpan,
): Hunk {
	const first = part.findIndex((line) => line.trim() !== "");
	const last = part.findLastIndex((line) => line.trim() !== "");
	const content = part.slice(first, last + 1);
	return {
		start,
		end,
		lines: reindent(content, indentationOf(file.lines[start] ?? ""), indenting),
	};
}
