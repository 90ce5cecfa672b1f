import { indentationOf, reindent, type Indenting } from "./indentation.ts";
import { lostNames } from "./losses.ts";
import { outlineOf, type Source } from "./outline.ts";
import { keyText } from "./outlineIndex.ts";

/** Share of the file's lines that a new version of all of it still has. */
const minKept = 0.5;

/**
 * The new text of the whole file, when the block is one: it goes from the file's first statement to its last
 * one, and has most of what stands between. A block that lacks names of the file is one only when it begins with
 * what files begin with, since people also answer with some of a file's declarations.
 */
export function wholeFileOf(
	block: Source,
	file: Source,
	indenting: Indenting,
): readonly string[] | undefined {
	const wanted = textsOf(block.lines);
	const present = textsOf(file.lines);
	const known = new Set(wanted);
	const kept = present.filter((line) => known.has(line)).length;
	if (!coversEnds(block, file) || kept < present.length * minKept) {
		return undefined;
	}
	const lost = lostNames(file, block);
	const [first] = outlineOf(file, 0, file.lines.length).filter(({ role }) => role === "code");
	const isHeaded =
		wanted[0] === present[0] &&
		first !== undefined &&
		(first.key === undefined || first.key.kind === "import" || first.body === undefined);
	if (lost.length > 0 && !(isHeaded && kept >= present.length * 0.7)) {
		return undefined;
	}
	const base = indentationOf(block.lines.find((line) => line.trim() !== "") ?? "");
	const end = block.lines.findLastIndex((line) => line.trim() !== "") + 1;
	const blankLines = file.lines.slice(file.lines.findLastIndex((line) => line.trim() !== "") + 1);
	const lines = reindent(
		block.lines.slice(0, end),
		base,
		indenting,
		(at) => block.literals[at] === true,
	);
	return [...lines, ...blankLines];
}

function textsOf(lines: readonly string[]): string[] {
	return lines.map((line) => line.trim()).filter((line) => line !== "");
}

/** The file's first and last statement are in the block, by name or by their text, with nothing known outside. */
function coversEnds(block: Source, file: Source): boolean {
	const idsOf = (source: Source): string[] =>
		outlineOf(source, 0, source.lines.length).map((node) =>
			node.key === undefined ? (source.lines[node.start] ?? "").trim() : keyText(node.key),
		);
	const wanted = idsOf(block);
	const present = idsOf(file);
	const [first] = present;
	const last = present.at(-1);
	if (first === undefined || last === undefined) {
		return false;
	}
	const from = wanted.indexOf(first);
	const to = wanted.lastIndexOf(last);
	return from >= 0 && to >= 0 && from <= to;
}
