import type { CodeBlock } from "./codeBlocks.ts";
import { changesOfDiff, isDiff, pathsOfDiff } from "./diffBlock.ts";
import { placeOfFragment } from "./fragment.ts";
import { applyHunks, type Hunk } from "./hunks.ts";
import { indentLike } from "./indentation.ts";
import { safeRelativePath } from "./safePath.ts";

/** The document that a block may change, and the part of it that it is confined to. */
export interface ChangeTarget {
	/** Relative to the workspace, with forward slashes. */
	readonly path: string;
	/** With "\n" line breaks. */
	readonly text: string;
	/** UTF-16 offsets; nothing outside may change. Undefined: the whole document. */
	readonly range: { readonly start: number; readonly end: number } | undefined;
}

export type ProposedChange =
	| { readonly kind: "change"; readonly text: string }
	/** One sentence that says why, and what to do. */
	| { readonly kind: "refused"; readonly sentence: string };

/** A block or a document that is longer isn't compared, in UTF-16 units. */
export const maxChangeLength = 2_000_000;

/**
 * What a code block of an answer makes of a document. A block says nothing about where it belongs, so it is
 * taken for a diff, a new text of the range, of the whole file, or of a fragment whose place is certain;
 * anything else is refused. What lies outside the target's range is the same afterwards, whatever the block says.
 */
export function proposedChange(
	block: Pick<CodeBlock, "content" | "info" | "pathHint">,
	target: ChangeTarget,
): ProposedChange {
	if (block.content.length > maxChangeLength || target.text.length > maxChangeLength) {
		return refused(
			`${target.path} or the answer is too long to be compared; insert the code by hand.`,
		);
	}
	if (block.pathHint !== undefined && !isSameFile(block.pathHint, target.path)) {
		return refused(
			`The answer is about another file (${shown(block.pathHint)}), so it is not applied to ${target.path}.`,
		);
	}
	const text = newText(block, target);
	if (typeof text !== "string") {
		return text;
	}
	if (text === target.text) {
		return refused(`The answer changes nothing in ${target.path}.`);
	}
	if (target.range !== undefined && !isConfined(target.text, text, target.range)) {
		return refused(
			`The answer would change ${target.path} outside the lines that it was asked about, so nothing was applied.`,
		);
	}
	return { kind: "change", text };
}

/** Whether `changed` differs from `text` within the range only. */
export function isConfined(
	text: string,
	changed: string,
	{ start, end }: { readonly start: number; readonly end: number },
): boolean {
	return (
		changed.length >= start + (text.length - end) &&
		changed.startsWith(text.slice(0, start)) &&
		changed.endsWith(text.slice(end))
	);
}

/** A shorter path is the same file when it is the end of the longer one: people and models shorten paths. */
function isSameFile(hint: string, path: string): boolean {
	const safe = safeRelativePath(hint);
	return safe !== undefined && (path === safe || path.endsWith(`/${safe}`));
}

function newText(
	block: Pick<CodeBlock, "content" | "info">,
	{ path, text, range }: ChangeTarget,
): string | ProposedChange {
	const lines = text.split("\n");
	if (isDiff(block)) {
		if (!pathsOfDiff(block.content).every((named) => isSameFile(named, path))) {
			return refused(`The answer is a change of another file than ${path}, so it is not applied.`);
		}
		const changes = changesOfDiff(block.content, lines);
		return changes.kind === "refused"
			? refused(changes.sentence.replace("the file", path))
			: applyHunks(text, changes.hunks);
	}
	const fragment = linesOf(block.content);
	if (text.trim() === "" && range === undefined) {
		return block.content;
	}
	const parts = splitAtElisions(fragment);
	if (range !== undefined && parts.length === 1) {
		return newTextOfRange(fragment, text, lines, range);
	}
	if (parts.length === 1 && isWholeFile(fragment, lines)) {
		return text.endsWith("\n") ? `${fragment.join("\n")}\n` : fragment.join("\n");
	}
	const hunks = placeParts(parts, lines);
	return typeof hunks === "string"
		? refused(hunks.replace("the file", path))
		: applyHunks(text, hunks);
}

/** The block as the range's new text, unless it is a longer part of the file that has the range in it. */
function newTextOfRange(
	fragment: readonly string[],
	text: string,
	lines: readonly string[],
	range: { readonly start: number; readonly end: number },
): string {
	const place = placeOfFragment(lines, fragment);
	if (place.kind === "found") {
		const start = offsetOfLine(lines, place.start);
		const end = offsetOfLine(lines, place.end) - 1;
		const isLonger =
			start <= range.start && end >= range.end && end - start > range.end - range.start;
		const isWithin = start >= lineStart(text, range.start) && end <= range.end;
		if (isLonger || isWithin) {
			return applyHunks(text, [hunkAtPlace(fragment, lines, place)]);
		}
	}
	const before = text.slice(0, range.start);
	const after = text.slice(range.end);
	const ownIndentation = text.slice(lineStart(text, range.start), range.start);
	const isIndented = ownIndentation.trim() === "";
	const replaced = text.slice(range.start, range.end);
	const firstLine = replaced.split("\n").find((line) => line.trim() !== "") ?? "";
	const like = isIndented ? indentLike(fragment, ownIndentation + firstLine) : fragment;
	const body = like.join("\n");
	// The range's first line has its indentation in front of the range already, or has none in it.
	const joined =
		isIndented && body.startsWith(ownIndentation) ? body.slice(ownIndentation.length) : body;
	return before + joined + (replaced.endsWith("\n") ? "\n" : "") + after;
}

/** Most of the file's lines are in the block, and it begins or ends like the file. */
function isWholeFile(fragment: readonly string[], lines: readonly string[]): boolean {
	const words = (all: readonly string[]): string[] =>
		all.map((line) => line.trim()).filter((line) => line !== "");
	const wanted = words(fragment);
	const present = words(lines);
	const known = new Set(wanted);
	const kept = present.filter((line) => known.has(line)).length;
	const isAligned = wanted[0] === present[0] || wanted.at(-1) === present.at(-1);
	return (
		(isAligned && kept >= present.length * 0.7 && wanted.length >= present.length * 0.7) ||
		(wanted[0] === present[0] && wanted.at(-1) === present.at(-1) && kept >= present.length * 0.5)
	);
}

/** A comment, or a bare line, that stands for code which stays as it is. */
const elision =
	/^\s*(?:(?:\/\/|#|--|\/\*|<!--|\{\/\*)\s*)?(?:\.{3}|…)(?:[^"'`;=]{0,60}?(?:\.{3}|…)?)?\s*(?:\*\/|-->|\*\/\})?\s*$/;

function splitAtElisions(fragment: readonly string[]): string[][] {
	const parts: string[][] = [[]];
	for (const line of fragment) {
		if (elision.test(line)) {
			parts.push([]);
		} else {
			parts.at(-1)?.push(line);
		}
	}
	return parts.filter((part) => part.some((line) => line.trim() !== ""));
}

/** The parts of a file in order, or a sentence. */
function placeParts(
	parts: readonly (readonly string[])[],
	lines: readonly string[],
): readonly Hunk[] | string {
	const hunks: Hunk[] = [];
	for (const part of parts) {
		const place = placeOfFragment(lines, part, hunks.at(-1)?.end ?? 0);
		if (place.kind !== "found") {
			return place.kind === "ambiguous"
				? "The code of the answer fits several places of the file; select the lines that it is for, and apply it again."
				: "It is not clear where the code of the answer belongs in the file; select the lines that it replaces, and apply it again.";
		}
		hunks.push(hunkAtPlace(part, lines, place));
	}
	return hunks;
}

function hunkAtPlace(
	fragment: readonly string[],
	lines: readonly string[],
	{ start, end }: { readonly start: number; readonly end: number },
): Hunk {
	const first = fragment.findIndex((line) => line.trim() !== "");
	const last = fragment.findLastIndex((line) => line.trim() !== "");
	const content = fragment.slice(first, last + 1);
	return { start, end, lines: indentLike(content, lines[start] ?? "") };
}

function linesOf(content: string): readonly string[] {
	const plain = content.replaceAll("\r\n", "\n");
	return (plain.endsWith("\n") ? plain.slice(0, -1) : plain).split("\n");
}

function lineStart(text: string, offset: number): number {
	return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function offsetOfLine(lines: readonly string[], line: number): number {
	let offset = 0;
	for (let at = 0; at < line; at++) {
		offset += (lines[at] ?? "").length + 1;
	}
	return offset;
}

function shown(path: string): string {
	return path.replaceAll(/[\p{Cc}\p{Cf}]/gu, "?").slice(0, 100);
}

function refused(sentence: string): ProposedChange {
	return { kind: "refused", sentence };
}
