import { commentText, trailingComment, type CodeLanguage } from "./codeLanguage.ts";
import { hunksBetween } from "./hunks.ts";
import { sourceOf, type Source } from "./outline.ts";
import { containersOf, keyText } from "./outlineIndex.ts";
import { loneLiteral, type LineKind } from "./standIns.ts";

/** Two versions of a text, and the block that made the second of the first. */
export interface Versions {
	readonly file: Source;
	readonly block: Source;
	readonly changed: string;
}

/**
 * Whether code went away where the block has a line that may stand for it, such as `// existing methods`: more
 * lines went than came, beside that one. Where nothing but a comment came for several lines, its words don't matter.
 */
export function losesWhatIsStoodFor({ file, block, changed }: Versions): boolean {
	const suspects = new Map<string, LineKind>();
	for (const [at, line] of block.lines.entries()) {
		const kind = block.kinds[at] ?? "code";
		if (kind !== "code") {
			suspects.set(line.trim(), kind);
		}
	}
	const isSuspect = (line: string | undefined): boolean =>
		line !== undefined && suspects.has(line.trim());
	const lines = changed.split("\n");
	let shift = 0;
	return hunksBetween(file.lines.join("\n"), changed, { mergedGap: 0 }).some((hunk) => {
		const start = hunk.start + shift;
		const end = start + hunk.lines.length;
		shift += hunk.lines.length - (hunk.end - hunk.start);
		const fresh = hunk.lines.filter(isCode);
		const isOnlyComments =
			fresh.length > 0 &&
			fresh.every((line) => isComment(line, block.language)) &&
			hunk.end - hunk.start > fresh.length;
		const isNear =
			isOnlyComments ||
			hunk.lines.some(isSuspect) ||
			isSuspect(lines[start - 1]) ||
			isSuspect(lines[end]);
		const removed = file.lines.slice(hunk.start, hunk.end).filter(isCode);
		const kept = new Set(removed.map((line) => line.trim()));
		const added = hunk.lines.filter(
			(line) =>
				isCode(line) &&
				(!isSuspect(line) ||
					kept.has(withoutComment(line, block.language)) ||
					// Code that was commented out.
					kept.has(commentText(line, block.language) ?? "")),
		);
		return (
			isNear &&
			removed.some((line) => isCodeLine(line, file.language)) &&
			removed.length > added.length
		);
	});
}

function isComment(line: string, language: CodeLanguage): boolean {
	return commentText(line, language) !== undefined || loneLiteral(line, language) !== undefined;
}

function isCode(line: string): boolean {
	return line.trim() !== "";
}

function isCodeLine(line: string, language: CodeLanguage): boolean {
	return (
		isCode(line) &&
		commentText(line, language) === undefined &&
		!/^\s*(?:\.{3}|pass)\s*$/.test(line)
	);
}

function withoutComment(line: string, language: CodeLanguage): string {
	return (trailingComment(line, language)?.code ?? line).trim();
}

/** Parts of a component's file, each of which people answer with alone. */
const withSections = new Set(["vue", "svelte", "astro"]);

/** Whether a part of a component went away that the block says nothing of. */
export function losesSection({ file, changed }: Versions): boolean {
	const kept = new Set(sectionsOf(changed.split("\n")));
	return (
		withSections.has(file.language.id) && sectionsOf(file.lines).some((name) => !kept.has(name))
	);
}

function sectionsOf(lines: readonly string[]): string[] {
	return lines.flatMap((line) => /^<(?:template|script|style)\b/.exec(line)?.[0] ?? []);
}

/** Whether a name is declared more often in one place than before, and than in the block. */
export function doublesDeclaration({ file, block, changed }: Versions): boolean {
	const before = namesOf(file);
	const given = new Map<string, number>();
	for (const [name, count] of namesOf(block)) {
		const key = withoutPlace(name);
		given.set(key, Math.max(given.get(key) ?? 0, count));
	}
	const lines = changed.split("\n");
	const defaults = [lines, file.lines, block.lines].map(
		(each) => each.filter((line) => line.startsWith("export default ")).length,
	);
	if ((defaults[0] ?? 0) > Math.max(1, ...defaults.slice(1))) {
		return true;
	}
	const after = namesOf(sourceOfText(changed, file.language));
	return [...after].some(([name, count]) => {
		const own = given.get(withoutPlace(name)) ?? 0;
		return own > 0 && count > Math.max(1, before.get(name) ?? 0, own);
	});
}

/** How often each name is declared in each place that is open to others; the place stands before the name. */
function namesOf(source: Source): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	// Elsewhere a label is a case, which each switch may have.
	const hasRules = /^(?:css|scss|less)$/.test(source.language.id);
	for (const { nodes, path, holdsMembers } of containersOf(source)) {
		for (const { key, body } of holdsMembers ? nodes : []) {
			const isDeclared =
				key !== undefined &&
				(key.kind === "label" ? hasRules : body !== undefined || key.kind !== "call");
			if (isDeclared) {
				const name = `${path}\n${keyText(key)}`;
				counts.set(name, (counts.get(name) ?? 0) + 1);
			}
		}
	}
	return counts;
}

/** A block may have a declaration without the class that it stands in. */
function withoutPlace(name: string): string {
	return name.slice(name.lastIndexOf("\n") + 1);
}

/** Whether the file declares openly what it doesn't afterwards. */
export function losesNames({ file, changed }: Versions): boolean {
	return lostNames(file, sourceOfText(changed, file.language)).length > 0;
}

function sourceOfText(text: string, language: CodeLanguage): Source {
	const lines = text.split("\n");
	return sourceOf(
		lines,
		language,
		lines.map(() => "code"),
	);
}

/** Names that the file declares openly and the block doesn't: the block isn't all of the file, or takes them out. */
export function lostNames(file: Source, block: Source): readonly string[] {
	const kept = new Set([...namesOf(block).keys()].map(withoutPlace));
	return [...namesOf(file).keys()].filter(
		(name) => !withoutPlace(name).startsWith("import ") && !kept.has(withoutPlace(name)),
	);
}
