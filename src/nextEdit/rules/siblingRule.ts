import type { LineEdit } from "../lineEdit.ts";
import { indentOf, maxLineUnits, tokensOfLine } from "../lineTokens.ts";
import { skeleton, type LineTable } from "../lineTable.ts";
import type { BlockRule } from "./blockRules.ts";
import { partsOf, withWords } from "./wordParts.ts";

/** What is done for a member may take so many lines. */
const maxSiblingLines = 12;
/** As far up and down is looked whether the member is there already. */
const linesLookedAt = 40;
const minNameUnits = 3;

/** A name beside which another was put, by their words. */
interface Pair {
	readonly known: readonly string[];
	readonly added: readonly string[];
}

/**
 * A member that was put beside another, in a list or an enumeration, is put beside it wherever that one stands in a line or a block of its
 * own: what is done for the one is done for the other.
 */
export function siblingRules({ line, old, next }: LineEdit, lines: readonly string[]): BlockRule[] {
	const [member] = next;
	if (old.length > 0 || next.length !== 1 || member === undefined) {
		return [];
	}
	return (["behind", "before"] as const).flatMap((side) => {
		const beside = lines[side === "behind" ? line - 1 : line + 1];
		const pair = beside === undefined ? undefined : pairOf(beside, member);
		return pair === undefined ? [] : [siblingRule(pair, side)];
	});
}

/** The one name in which two lines differ, in whatever ways it is written. */
function pairOf(beside: string, member: string): Pair | undefined {
	if (indentOf(beside) !== indentOf(member) || skeleton(beside) !== skeleton(member)) {
		return undefined;
	}
	const [a, b] = [tokensOfLine(beside), tokensOfLine(member)];
	let pair: Pair | undefined;
	for (const [i, token] of a.entries()) {
		const other = b[i];
		if (other === undefined || other.text === token.text) {
			continue;
		}
		const found = { known: partsOf(token.text).parts, added: partsOf(other.text).parts };
		if (token.kind !== "word" || (pair !== undefined && !isSame(pair, found))) {
			return undefined;
		}
		pair = found;
	}
	return pair !== undefined && pair.known.join("").length >= minNameUnits ? pair : undefined;
}

function isSame(a: Pair, b: Pair): boolean {
	return a.known.join(" ") === b.known.join(" ") && a.added.join(" ") === b.added.join(" ");
}

function siblingRule(pair: Pair, side: "behind" | "before"): BlockRule {
	return {
		proposer: "sibling",
		key: JSON.stringify(["sibling", side, pair]),
		nameUnits: pair.known.join("").length,
		contextLines: 1,
		firstSkeleton: "",
		holds: pair.known.reduce(
			(longest, part) => (part.length > longest.length ? part : longest),
			"",
		),
		editAt: (table, at) => siblingAt(table, at, pair, side),
	};
}

function siblingAt(
	{ lines }: LineTable,
	at: number,
	pair: Pair,
	side: "behind" | "before",
): LineEdit | undefined {
	if (!mentions(lines[at] ?? "", pair.known) || isBeside(lines, at, pair.added)) {
		return undefined;
	}
	const block = blockAt(lines, at);
	// A line without tokens would come out empty.
	return block === undefined || block.some(({ length }) => length > maxLineUnits)
		? undefined
		: {
				line: side === "behind" ? at + block.length : at,
				old: [],
				next: block.map((line) => renamed(line, pair)),
			};
}

/** Whether the lines that stand as deep as this one or deeper, around it, mention a name already. */
function isBeside(lines: readonly string[], at: number, parts: readonly string[]): boolean {
	const { length: indent } = indentOf(lines[at] ?? "");
	for (const step of [1, -1]) {
		for (let there = at; Math.abs(there - at) <= linesLookedAt; there += step) {
			const line = lines[there];
			if (line === undefined || (line.trim() !== "" && indentOf(line).length < indent)) {
				break;
			}
			if (mentions(line, parts)) {
				return true;
			}
		}
	}
	return false;
}

/** The line and what stands deeper below it, also behind blank lines, to the bracket that closes it. */
function blockAt(lines: readonly string[], at: number): readonly string[] | undefined {
	const first = lines[at] ?? "";
	const { length: indent } = indentOf(first);
	let [end, next] = [at + 1, at + 1];
	for (; next < lines.length; next++) {
		const line = lines[next] ?? "";
		if (line.trim() === "") {
			continue;
		}
		if (indentOf(line).length <= indent) {
			break;
		}
		end = next + 1;
		if (end - at > maxSiblingLines) {
			return undefined;
		}
	}
	if (/[([{]\s*$/.test(first)) {
		if (!/^\s*[)\]}]/.test(lines[next] ?? "")) {
			return undefined;
		}
		end = next + 1;
	}
	return end - at > maxSiblingLines ? undefined : lines.slice(at, end);
}

/** The line with the one name for the other, as it is written there, also within other names. */
function renamed(line: string, { known, added }: Pair): string {
	return tokensOfLine(line)
		.map((token) => {
			const parts = token.kind === "word" ? partsOf(token.text).parts : [];
			const at = parts.findIndex((_, i) => known.every((part, k) => parts[i + k] === part));
			return at < 0
				? token.text
				: (withWords(token.text, added, at, at + known.length) ?? token.text);
		})
		.join("");
}

function mentions(line: string, parts: readonly string[]): boolean {
	return tokensOfLine(line).some(
		({ kind, text }) => kind === "word" && partsOf(text).parts.join(" ") === parts.join(" "),
	);
}
