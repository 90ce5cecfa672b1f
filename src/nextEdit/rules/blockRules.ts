import type { LineEdit } from "../lineEdit.ts";
import { indentOf, isTelling, maxLineUnits, tokensOfLine } from "../lineTokens.ts";
import { skeleton, type LineTable } from "../lineTable.ts";
import type { ProposerName } from "../proposerName.ts";

/** How whole lines are changed, learned from an edit. */
export interface BlockRule {
	readonly proposer: ProposerName;
	readonly key: string;
	/** Units of names that have to stand there as they are, and how many lines are there only to tell the place. */
	readonly nameUnits: number;
	readonly contextLines: number;
	/** Of the first line where it fits. */
	readonly firstSkeleton: string;
	/** Stands on each such line, in any case, whose skeleton may be any then. */
	readonly holds?: string;
	/** The edit that the rule makes where its first line is the line `at`. */
	editAt(table: LineTable, at: number): LineEdit | undefined;
}

/** A longer edit is no pattern. In lines. */
const maxBlockLines = 30;
/** Names in which lines may differ and still be alike. */
const maxOtherNames = 4;
const maxContextLines = 3;

/** The block rules of an edit that stands in `lines`. */
export function blockRulesOf(edit: LineEdit, lines: readonly string[]): readonly BlockRule[] {
	const { line, old, next } = edit;
	if (old.length > maxBlockLines || next.length > maxBlockLines) {
		return [];
	}
	if (old.length > 0) {
		return isTellingBlock(old)
			? [replacedBlock(old, next, "sameLines"), replacedBlock(old, next, "likeLines")]
			: [];
	}
	const rules: BlockRule[] = [];
	const above = tellingLines(lines.slice(Math.max(0, line - maxContextLines), line).reverse());
	if (above !== undefined) {
		rules.push(insertedBeside(above.reverse(), next, "behind"));
	}
	const end = line + next.length;
	const below = tellingLines(lines.slice(end, end + maxContextLines));
	if (below !== undefined) {
		rules.push(insertedBeside(below, next, "front"));
	}
	if (nameUnitsOf(next) >= minMovedUnits) {
		rules.push(movedAway(next));
	}
	return rules;
}

/** Shorter lines stand in a file more than once without having to do with each other. */
const minMovedUnits = 6;

function nameUnitsOf(lines: readonly string[]): number {
	return lines
		.flatMap((line) => tokensOfLine(line).filter(isTelling))
		.reduce((sum, { text }) => sum + text.length, 0);
}

function isTellingBlock(lines: readonly string[]): boolean {
	return nameUnitsOf(lines) >= 3;
}

/** As many lines of `nearestFirst` as it takes to tell a place. */
function tellingLines(nearestFirst: readonly string[]): string[] | undefined {
	const needed = nearestFirst.findIndex((line) => isTellingBlock([line]));
	return needed < 0 ? undefined : nearestFirst.slice(0, needed + 1);
}

function replacedBlock(
	old: readonly string[],
	next: readonly string[],
	proposer: "sameLines" | "likeLines",
): BlockRule {
	const block = new Block(old, proposer === "likeLines" ? next : undefined);
	return {
		proposer,
		key: JSON.stringify([
			proposer,
			old.map((line) => line.trim()),
			next.map((line) => line.trim()),
		]),
		nameUnits: nameUnitsOf(old),
		contextLines: 0,
		firstSkeleton: block.firstSkeleton,
		editAt: (table, at) => {
			const written = adopted(next, block.likenessAt(table, at));
			return written === undefined
				? undefined
				: { line: at, old: table.lines.slice(at, at + old.length), next: written };
		},
	};
}

/** Lines that come behind or in front of those that tell the place. */
function insertedBeside(
	context: readonly string[],
	next: readonly string[],
	side: "behind" | "front",
): BlockRule {
	const block = new Block(context, next);
	return {
		proposer: "lines",
		key: JSON.stringify([
			side,
			context.map((line) => line.trim()),
			next.map((line) => line.trim()),
		]),
		nameUnits: nameUnitsOf(context),
		contextLines: context.length,
		firstSkeleton: block.firstSkeleton,
		editAt: (table, at) => {
			const written = adopted(next, block.likenessAt(table, at));
			const line = side === "behind" ? at + context.length : at;
			return written === undefined ? undefined : insertion(table.lines, line, written);
		},
	};
}

/** Nothing where the lines stand already. */
function insertion(
	lines: readonly string[],
	line: number,
	next: readonly string[],
): LineEdit | undefined {
	const stands = (from: number): boolean => next.every((text, i) => lines[from + i] === text);
	return stands(line) || stands(line - next.length) ? undefined : { line, old: [], next };
}

function movedAway(moved: readonly string[]): BlockRule {
	const block = new Block(moved, undefined);
	return {
		proposer: "moved",
		key: JSON.stringify(["moved", moved.map((line) => line.trim())]),
		nameUnits: nameUnitsOf(moved),
		contextLines: 0,
		firstSkeleton: block.firstSkeleton,
		editAt: (table, at) => {
			if (block.likenessAt(table, at) === undefined) {
				return undefined;
			}
			const { lines } = table;
			const end = at + moved.length;
			const isBlank = (line: string | undefined): boolean => line?.trim() === "";
			const leavesGap = isBlank(lines[end]) && isBlank(lines[at - 1]);
			return { line: at, old: lines.slice(at, leavesGap ? end + 1 : end), next: [] };
		},
	};
}

interface Likeness {
	readonly fromIndent: string;
	readonly toIndent: string;
	/** Names of the pattern by those that stand there. */
	readonly names: ReadonlyMap<string, string>;
}

/**
 * Lines that are looked for, indented otherwise; with `carrying`, names may be others as long as these hold them, so that they are what
 * is carried over.
 */
class Block {
	readonly #pattern: readonly string[];
	readonly #carrying: ReadonlySet<string> | undefined;
	readonly #skeletons: readonly string[];
	/** The first line that isn't blank, and how it is indented. */
	readonly #first: number;
	readonly #indent: string;

	constructor(pattern: readonly string[], carrying: readonly string[] | undefined) {
		this.#pattern = pattern;
		// Where nothing stays, any name may be another.
		const carriers = carrying?.length === 0 ? pattern : carrying;
		this.#carrying =
			carriers && new Set(carriers.flatMap((line) => tokensOfLine(line).map(({ text }) => text)));
		this.#skeletons = pattern.map(skeleton);
		this.#first = Math.max(
			0,
			pattern.findIndex((line) => line.trim() !== ""),
		);
		this.#indent = indentOf(pattern[this.#first] ?? "");
	}

	get firstSkeleton(): string {
		return this.#skeletons[0] ?? "";
	}

	likenessAt(table: LineTable, at: number): Likeness | undefined {
		const { lines } = table;
		if (
			at + this.#pattern.length > lines.length ||
			!this.#skeletons.every((text, i) => table.skeletonOf(at + i) === text)
		) {
			return undefined;
		}
		const fromIndent = this.#indent;
		const toIndent = indentOf(lines[at + this.#first] ?? "");
		const pairs = this.#pattern.map((line, i): readonly [string, string] => [
			withoutIndent(line, fromIndent),
			withoutIndent(lines[at + i] ?? "", toIndent),
		]);
		if (this.#carrying === undefined) {
			return pairs.every(([a, b]) => a === b)
				? { fromIndent, toIndent, names: new Map() }
				: undefined;
		}
		const names = otherNames(pairs, this.#carrying);
		return names === undefined ? undefined : { fromIndent, toIndent, names };
	}
}

function withoutIndent(line: string, indent: string): string {
	return line.startsWith(indent) ? line.slice(indent.length) : line;
}

function otherNames(
	pairs: readonly (readonly [string, string])[],
	carrying: ReadonlySet<string>,
): ReadonlyMap<string, string> | undefined {
	const names = new Map<string, string>();
	const kept = new Set<string>();
	let telling = 0;
	for (const [a, b] of pairs) {
		if (a === b) {
			for (const token of tokensOfLine(a).filter(({ kind }) => kind === "word")) {
				kept.add(token.text);
				telling += isTelling(token) ? 1 : 0;
			}
			continue;
		}
		const [from, to] = [tokensOfLine(a), tokensOfLine(b)];
		if (from.length !== to.length) {
			return undefined;
		}
		for (const [i, token] of from.entries()) {
			const other = to[i];
			if (other?.kind !== token.kind) {
				return undefined;
			}
			if (other.text === token.text) {
				kept.add(token.text);
				telling += token.kind === "word" && isTelling(token) ? 1 : 0;
				continue;
			}
			const known = names.get(token.text);
			if (
				(token.kind !== "word" && token.kind !== "number") ||
				(known !== undefined && known !== other.text) ||
				!carrying.has(token.text)
			) {
				return undefined;
			}
			names.set(token.text, other.text);
		}
	}
	const isOneName = [...names.keys()].every((name) => !kept.has(name));
	return telling > names.size / 2 && isOneName && names.size <= maxOtherNames ? names : undefined;
}

/**
 * Lines of the pattern's edit with the indentation and names of the place; undefined without a likeness, and where one is too long for its names to be
 * found.
 */
function adopted(
	next: readonly string[],
	likeness: Likeness | undefined,
): readonly string[] | undefined {
	return likeness === undefined ||
		(likeness.names.size > 0 && next.some(({ length }) => length > maxLineUnits))
		? undefined
		: next.map((line) => adoptedLine(line, likeness));
}

function adoptedLine(line: string, { fromIndent, toIndent, names }: Likeness): string {
	const isWithin = line.trim() !== "" && line.startsWith(fromIndent);
	const body = isWithin ? line.slice(fromIndent.length) : line;
	const renamed =
		names.size === 0
			? body
			: tokensOfLine(body)
					.map(({ text }) => names.get(text) ?? text)
					.join("");
	return (isWithin ? toIndent : "") + renamed;
}
