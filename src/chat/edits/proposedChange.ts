import { codeLanguageOf } from "./codeLanguage.ts";
import type { CodeBlock } from "./codeBlocks.ts";
import { changesOfDiff, isDiff, pathsOfDiff } from "./diffBlock.ts";
import { applyHunks, type Hunk } from "./hunks.ts";
import { indentationUnit, type Indenting } from "./indentation.ts";
import { doublesDeclaration, losesNames, losesSection, losesWhatIsStoodFor } from "./losses.ts";
import { outlineOf, sourceOf, type Source } from "./outline.ts";
import { pathCommentOf } from "./pathHint.ts";
import { placeParts } from "./placeParts.ts";
import { placeUnits } from "./placeUnits.ts";
import { textOfRange, type Range } from "./rangeText.ts";
import { isSameFile, safeRelativePath } from "./safePath.ts";
import { lineKinds } from "./standIns.ts";
import { hasBothVersions, isUnmarkedDiff } from "./unmarkedDiff.ts";
import { wholeFileOf } from "./wholeFile.ts";

/** The document that a block may change, and the part of it that it is confined to. */
export interface ChangeTarget {
	/** Relative to the workspace, with forward slashes. */
	readonly path: string;
	/** With "\n" line breaks. */
	readonly text: string;
	/** UTF-16 offsets; nothing outside may change. Undefined: the whole document. */
	readonly range: Range | undefined;
}

export type ProposedChange =
	| { readonly kind: "change"; readonly text: string }
	/** One sentence that says why, and what to do. */
	| { readonly kind: "refused"; readonly sentence: string };

/** What of a code block says how a document becomes another. */
export type AppliedBlock = Pick<CodeBlock, "content" | "info" | "pathHint" | "isCut">;

/** A block or a document that is longer isn't compared, in UTF-16 units. */
export const maxChangeLength = 2_000_000;

/**
 * What a code block of an answer makes of a document. A block says nothing about where it belongs, so it is
 * taken for a diff, a new text of the range, of the whole file, of declarations that the file has, or of a
 * fragment whose place is certain; anything else is refused. What lies outside the target's range is the same
 * afterwards, whatever the block says, and so is what a comment in the block stands for.
 */
export function proposedChange(block: AppliedBlock, target: ChangeTarget): ProposedChange {
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

/** What a block makes of a file that isn't there yet. */
export function newFileText(block: AppliedBlock, path: string): ProposedChange {
	return proposedChange(block, { path, text: "", range: undefined });
}

/** Whether `changed` differs from `text` within the range only. */
export function isConfined(text: string, changed: string, { start, end }: Range): boolean {
	return (
		changed.length >= start + (text.length - end) &&
		changed.startsWith(text.slice(0, start)) &&
		changed.endsWith(text.slice(end))
	);
}

function newText(block: AppliedBlock, target: ChangeTarget): string | ProposedChange {
	const { path, text, range } = target;
	const isEmpty = text.trim() === "";
	if (block.isCut && !isEmpty && !mayBeComplete(block, target)) {
		return incomplete(path);
	}
	if (isDiff(block)) {
		return textOfDiff(block, target);
	}
	const content = withoutPathComment(block.content.replaceAll("\r\n", "\n"), path, text);
	const language = codeLanguageOf(path, block.info);
	if (!language.isProse && hasBothVersions(content)) {
		return refused(
			`The answer has an old and a new version between marks, so it is not applied to ${path}; ask for the new code alone.`,
		);
	}
	if (isEmpty && range === undefined) {
		return content;
	}
	const lines = text.split("\n");
	if (isUnmarkedDiff(content, lines)) {
		return textOfDiff({ ...block, content }, target);
	}
	const fragment = linesOf(content);
	const kinds = lineKinds(fragment, language, new Set(lines.map((line) => line.trim())));
	const file = sourceOf(
		lines,
		language,
		lines.map(() => "code"),
	);
	const source = sourceOf(fragment, language, kinds);
	const indenting: Indenting = language.isProse
		? { fragmentUnit: undefined, fileUnit: undefined }
		: {
				fragmentUnit: indentationUnit(fragment.filter((_, at) => source.literals[at] !== true)),
				fileUnit: indentationUnit(lines.filter((_, at) => file.literals[at] !== true)),
				hasBullets: language.id === "yaml",
			};
	const changed = placed({ source, file, indenting, target, isCut: block.isCut });
	if (typeof changed !== "string") {
		return changed.kind === "refused" ? refused(about(path, changed.sentence)) : changed;
	}
	const versions = { file, block: source, changed };
	if (block.isCut && losesNames(versions)) {
		return incomplete(path);
	}
	if (losesWhatIsStoodFor(versions)) {
		return refused(
			`A comment of the answer seems to stand for code of ${path}, which would be lost; ask for the complete code, or insert it by hand.`,
		);
	}
	if (losesSection(versions)) {
		return refused(
			`A part of ${path} would be lost that the answer says nothing of; ask for one part at a time, or insert the code by hand.`,
		);
	}
	return doublesDeclaration(versions)
		? refused(
				`The answer would declare again what ${path} has already; ask for one part at a time, or insert the code by hand.`,
			)
		: changed;
}

function incomplete(path: string): ProposedChange {
	return refused(
		`The code of the answer ends before it is complete, so it is not applied to ${path}; ask for the rest, or for a smaller part.`,
	);
}

interface Placing {
	readonly source: Source;
	readonly file: Source;
	readonly indenting: Indenting;
	readonly target: ChangeTarget;
	readonly isCut: boolean;
}

function placed(placing: Placing): string | ProposedChange {
	const { source, file, indenting, target, isCut } = placing;
	const { text, range } = target;
	const hasStandIn = source.kinds.includes("standIn");
	const merging = { block: source, file, indenting };
	const apply = (hunks: readonly Hunk[]): string => applyHunks(text, hunks);
	if (range === undefined && !hasStandIn && !isCut) {
		const whole = wholeFileOf(source, file, indenting);
		if (whole !== undefined) {
			return whole.join("\n");
		}
	}
	const units = placeUnits(merging);
	if (range === undefined || hasStandIn) {
		switch (units.kind) {
			case "placed":
				return apply(units.hunks);
			case "refused":
				return units;
			case "unknown": {
				const hunks = placeParts(merging);
				return typeof hunks === "string" ? refused(hunks) : apply(hunks);
			}
		}
	}
	const byName = units.kind === "placed" ? apply(units.hunks) : undefined;
	return byName !== undefined && isConfined(text, byName, range)
		? byName
		: textOfRange(merging, text, range);
}

/**
 * A block that lacks its closing fence may be whole: one declaration up to the bracket that ends it, where
 * nothing of the file is after it that would go away.
 */
function mayBeComplete(block: AppliedBlock, { path, range }: ChangeTarget): boolean {
	if (range !== undefined || isDiff(block)) {
		return false;
	}
	const language = codeLanguageOf(path, block.info);
	const lines = linesOf(block.content);
	const source = sourceOf(
		lines,
		language,
		lines.map(() => "code"),
	);
	const nodes = outlineOf(source, 0, lines.length);
	const [only] = nodes;
	const last = (lines[(only?.end ?? 1) - 1] ?? "").trim();
	return (
		nodes.length === 1 &&
		only?.key !== undefined &&
		only.end - only.start > 1 &&
		source.scanned[only.end - 1]?.opener !== undefined &&
		/^[}\])]+[;,]?$/.test(last)
	);
}

function textOfDiff(block: AppliedBlock, { path, text }: ChangeTarget): string | ProposedChange {
	if (!pathsOfDiff(block.content).every((named) => isSameFile(named, path))) {
		return refused(`The answer is a change of another file than ${path}, so it is not applied.`);
	}
	const changes = changesOfDiff(block.content, text.split("\n"));
	return changes.kind === "refused"
		? refused(about(path, changes.sentence))
		: applyHunks(text, changes.hunks);
}

/** Without a comment that says which file the block is for, unless the file has that itself. */
function withoutPathComment(content: string, path: string, text: string): string {
	const comment = pathCommentOf(content);
	if (comment === undefined || !isSameFile(comment.path, path)) {
		return content;
	}
	const lines = content.split("\n");
	const written = (lines[comment.line] ?? "").trim();
	if (text.split("\n", 20).some((line) => line.trim() === written)) {
		return content;
	}
	const isApart = (lines[comment.line + 1] ?? "x").trim() === "" && comment.line === 0;
	lines.splice(comment.line, isApart ? 2 : 1);
	return lines.join("\n");
}

function linesOf(content: string): readonly string[] {
	return (content.endsWith("\n") ? content.slice(0, -1) : content).split("\n");
}

function shown(path: string): string {
	const safe = safeRelativePath(path) ?? path;
	return safe.replaceAll(/[\p{Cc}\p{Cf}]/gu, "?").slice(0, 100);
}

/** The sentence with the file's name in it, whatever that consists of: a dollar sign is no pattern. */
function about(path: string, sentence: string): string {
	return sentence.replace("the file", () => path);
}

function refused(sentence: string): ProposedChange {
	return { kind: "refused", sentence };
}
