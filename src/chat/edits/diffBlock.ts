import { noFile, partsOfDiff } from "./diffParts.ts";
import type { Hunk } from "./hunks.ts";
import { columnsOf, indentationOf, indentationUnit } from "./indentation.ts";

export type DiffChanges =
	| {
			readonly kind: "changes";
			readonly hunks: readonly Hunk[];
	  }
	| { readonly kind: "refused"; readonly sentence: string };

/** A code block: what stands after its fence, and in it. */
export interface DiffText {
	readonly info: string;
	readonly content: string;
}

/** Whether a block is a diff: it says so, or it begins with the heads of one, or with that of a hunk. */
export function isDiff({ content, info }: DiffText): boolean {
	return (
		/^(?:diff|patch|udiff)\b/i.test(info) ||
		/^\s*@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/.test(content.slice(0, 400)) ||
		/^\s*(?:(?:diff |index |Index: |=|new file |deleted file |old mode |new mode )[^\n]*\n)*--- [^\n]*\n\+\+\+ [^\n]*\n@@/.test(
			content.slice(0, 4000),
		)
	);
}

/** Files that the diff names, as written. */
export function pathsOfDiff(content: string): readonly string[] {
	const paths = partsOfDiff(content).flatMap(({ file }) =>
		file === undefined ? [] : [file.oldPath, file.newPath],
	);
	return [...new Set(paths)].filter((path) => path !== noFile);
}

/**
 * The changes of a diff of one file. Line numbers and counts that models write are wrong more often than not,
 * so each hunk is found by its lines: they must stand in the file exactly once, behind the hunk before. Lines
 * that only come new have a place in an empty file.
 */
export function changesOfDiff(content: string, lines: readonly string[]): DiffChanges {
	const hunks: Hunk[] = [];
	const parts = partsOfDiff(content);
	if (lines.every((line) => line.trim() === "")) {
		return changesOfEmpty(
			parts.map((part) => part.lines),
			lines.length,
		);
	}
	for (const part of parts) {
		const hunk = hunkOf(part.lines, lines, hunks.at(-1)?.end ?? 0);
		if (typeof hunk === "string") {
			return { kind: "refused", sentence: hunk };
		}
		hunks.push(hunk);
	}
	return hunks.length === 0
		? { kind: "refused", sentence: "The diff has no changes of the file in it." }
		: { kind: "changes", hunks };
}

function changesOfEmpty(parts: readonly (readonly string[])[], lineCount: number): DiffChanges {
	const added = parts.flatMap((part) => part.filter(isInNew).map(withoutSign));
	const removed = parts.some((part) => part.some((line) => !isInNew(line) && line.trim() !== "-"));
	if (removed || added.length === 0) {
		return {
			kind: "refused",
			sentence: removed
				? "The diff does not fit the file as it is now; ask again."
				: "The diff has no changes of the file in it.",
		};
	}
	return { kind: "changes", hunks: [{ start: 0, end: lineCount - 1, lines: added }] };
}

function hunkOf(part: readonly string[], lines: readonly string[], from: number): Hunk | string {
	// Blank lines before the closing fence may be none of the file's.
	const end = part.findLastIndex((line) => line.trim() !== "") + 1;
	const [exact, shorter] = [part, part.slice(0, end)].map((signed) => ({
		signed,
		places: placesOf(lines, signed.filter(isInOld).map(withoutSign), from),
	}));
	const found = exact?.places.length === 0 ? shorter : exact;
	const [start] = found?.places ?? [];
	if (found === undefined || start === undefined) {
		const loose = placesOf(
			lines,
			part.slice(0, end).filter(isInOld).map(withoutSign),
			from,
			trimmed,
		);
		const [place] = loose;
		return place === undefined || loose.length > 1
			? "The diff does not fit the file as it is now; ask again."
			: inFilesUnit(part.slice(0, end), place, lines);
	}
	if (found.places.length > 1) {
		return "The diff fits several places of the file; ask for one with more lines around the change.";
	}
	return withoutContext(found.signed, start, lines);
}

/** The hunk without the unchanged lines at its ends, which the next one may begin with. */
function withoutContext(signed: readonly string[], start: number, lines: readonly string[]): Hunk {
	const isChange = (line: string): boolean => /^[+-]/.test(line);
	const first = signed.findIndex(isChange);
	const last = signed.findLastIndex(isChange);
	const result: string[] = [];
	let at = start + first;
	for (const line of signed.slice(first, last + 1)) {
		if (!isInOld(line)) {
			result.push(withoutSign(line));
		} else {
			// As it stands in the file: white space at its end doesn't count.
			if (isInNew(line)) {
				result.push(lines[at] ?? "");
			}
			at++;
		}
	}
	return { start: start + first, end: at, lines: result };
}

/** The hunk of a diff that is indented otherwise than the file: new lines take the file's unit. */
function inFilesUnit(signed: readonly string[], start: number, lines: readonly string[]): Hunk {
	const fragmentUnit = indentationUnit(signed.map(withoutSign));
	const fileUnit = indentationUnit(lines);
	const width = fragmentUnit === undefined ? 0 : columnsOf(`${fragmentUnit}x`);
	const unit = fileUnit ?? fragmentUnit ?? "";
	const { end, start: first } = withoutContext(signed, start, lines);
	const changed = signed.slice(
		first - start,
		signed.findLastIndex((line) => /^[+-]/.test(line)) + 1,
	);
	// The line of the diff that was last seen in the file, and how it is indented there.
	let anchor = withoutSign(signed.find(isInOld) ?? "");
	let written = indentationOf(lines[start] ?? "");
	let at = first;
	if (first > start) {
		anchor = withoutSign(signed[first - start - 1] ?? "");
		written = indentationOf(lines[first - 1] ?? "");
	}
	const result: string[] = [];
	for (const line of changed) {
		if (isInOld(line)) {
			if (isInNew(line)) {
				result.push(lines[at] ?? "");
			}
			if (line.slice(1).trim() !== "") {
				anchor = withoutSign(line);
				written = indentationOf(lines[at] ?? "");
			}
			at++;
			continue;
		}
		const text = withoutSign(line);
		const deeper = columnsOf(text) - columnsOf(anchor);
		const levels = width === 0 ? 0 : Math.trunc(deeper / width);
		const rest = deeper > 0 && width > 0 ? " ".repeat(deeper % width) : "";
		const base =
			levels < 0 ? written.slice(0, Math.max(0, written.length + levels * unit.length)) : written;
		result.push(
			text.trim() === "" ? "" : base + unit.repeat(Math.max(0, levels)) + rest + text.trim(),
		);
	}
	return { start: first, end, lines: result };
}

function trimmed(line: string): string {
	return line.trim();
}

function isInOld(line: string): boolean {
	return !line.startsWith("+");
}

function isInNew(line: string): boolean {
	return !line.startsWith("-");
}

function withoutSign(line: string): string {
	return /^[ +-]/.test(line) ? line.slice(1) : line;
}

function placesOf(
	lines: readonly string[],
	wanted: readonly string[],
	from: number,
	compared: (line: string) => string = (line) => line.trimEnd(),
): number[] {
	const places: number[] = [];
	if (wanted.every((line) => line.trim() === "")) {
		return places;
	}
	const texts = wanted.map(compared);
	for (let start = from; start + texts.length <= lines.length && places.length < 2; start++) {
		if (texts.every((text, index) => compared(lines[start + index] ?? "") === text)) {
			places.push(start);
		}
	}
	return places;
}
