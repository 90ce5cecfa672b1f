import type { EditedDocument } from "./editedDocument.ts";
import type { LearnedRule, LearnedRules } from "./learnedRules.ts";
import { fits, type LineEdit } from "./lineEdit.ts";
import { placeOfEdit, type LexicalPlace, type LexicalPlaces } from "./lexicalPlaces.ts";
import type { LineTable } from "./lineTable.ts";
import { indentOf, isWordChar } from "./lineTokens.ts";
import type { BlockRule } from "./rules/blockRules.ts";
import { rewritten, type LineRule, type Span } from "./rules/rule.ts";
import { partsOf } from "./rules/wordParts.ts";

/** How often a rule was found, and where, seen from the edits that speak for it. */
export interface RuleTally {
	/** Below the newest edit of all. */
	below: number;
	/** Between the topmost edit of the rule and the newest of all: somebody went past them. */
	passed: number;
	/** Above all edits of the rule. */
	above: number;
}

/**
 * Above its edits, a rule that was followed so often is followed to the end once nothing is left below: whoever changes a name upwards, or
 * began in the middle, is helped then.
 */
const minEditsToGoBack = 3;

/** A rule that fits a line, or some lines. */
export interface Hit {
	readonly learned: LearnedRule<LineRule> | LearnedRule<BlockRule>;
	readonly tally: RuleTally;
	readonly edit: LineEdit;
	/** What changes within the line; undefined for a rule about whole lines. */
	readonly spans: readonly Span[] | undefined;
}

/** By the first line that they change: below the newest edit, or above all edits of rules that nothing is left to do for below. */
export type Hits = ReadonlyMap<number, readonly Hit[]>;

/** More hits of one rule say nothing new, and each takes time to judge. */
const maxHitsOfRule = 60;

/** Everywhere that the rules fit, but where an edit was made. */
export function findHits(
	document: EditedDocument,
	table: LineTable,
	rules: LearnedRules,
	places: LexicalPlaces,
): Hits {
	const { lines, edits } = document;
	const byLine = new Map<number, Hit[]>();
	const written = new Set<number>();
	for (const { line, next } of edits) {
		next.forEach((_, i) => written.add(line + i));
	}
	const newest = edits.at(-1);
	const newestEnd = newest === undefined ? 0 : newest.line + newest.next.length;
	const add = (hit: Hit): void => {
		const known = byLine.get(hit.edit.line);
		if (known === undefined) {
			byLine.set(hit.edit.line, [hit]);
		} else {
			known.push(hit);
		}
	};
	const collect = (
		learned: Hit["learned"],
		lineNumbers: readonly number[],
		hitAt: (at: number) => Pick<Hit, "edit" | "spans"> | undefined,
	): void => {
		const top = Math.min(...learned.edits.map((number) => edits[number]?.line ?? 0));
		const home = isPlain(learned.rule)
			? new Set(
					learned.edits.flatMap((n) => edits[n] ?? []).map((edit) => placeOfEdit(edit, places)),
				)
			: undefined;
		const tally: RuleTally = { below: 0, passed: 0, above: 0 };
		const above: Hit[] = [];
		for (const at of lineNumbers) {
			if (tally.below >= maxHitsOfRule) {
				break;
			}
			const found = written.has(at) ? undefined : hitAt(at);
			if (found === undefined || !fits(lines, found.edit) || touches(written, found.edit)) {
				continue;
			}
			const place = home && placeOfHit(found.edit, found.spans, places);
			if (place !== undefined && place !== "code" && home?.has(place) === false) {
				continue;
			}
			const hit = { learned, tally, ...found };
			const { line } = found.edit;
			if (line >= newestEnd) {
				tally.below++;
				add(hit);
			} else if (line < top) {
				tally.above++;
				above.push(hit);
			} else {
				tally.passed++;
			}
		}
		if (tally.below === 0 && learned.edits.length >= minEditsToGoBack) {
			above.slice(0, maxHitsOfRule).forEach(add);
		}
	};
	for (const learned of rules.lineRules) {
		const { rule } = learned;
		collect(learned, table.linesHolding(rule.anchor), (at) => {
			const line = lines[at] ?? "";
			const spans = rule.match(table.scannedAt(at))?.spans;
			if (spans === undefined || spans.some((span) => gluesWords(line, span))) {
				return undefined;
			}
			return { edit: { line: at, old: [line], next: [rewritten(line, spans)] }, spans };
		});
	}
	for (const learned of rules.blockRules) {
		const { holds, firstSkeleton } = learned.rule;
		const where =
			holds === undefined ? table.linesShaped(firstSkeleton) : table.linesHolding(holds);
		collect(learned, where, (at) => {
			const edit = learned.rule.editAt(table, at);
			return edit && { edit, spans: undefined };
		});
	}
	return byLine;
}

/** Whether what is written becomes one word with what it stands beside. */
function gluesWords(line: string, { start, end, text }: Span): boolean {
	const [before, after] = [line.charAt(start - 1), line.charAt(end)];
	const joins = (a: string, b: string): boolean => isWordChar(a) && isWordChar(b);
	return text === ""
		? joins(before, after)
		: joins(before, text.charAt(0)) || joins(text.charAt(text.length - 1), after);
}

/**
 * Whether a rule is about an ordinary word, which in a string or a comment may mean anything where it was code that was edited. A name of
 * several words means itself.
 */
function isPlain(rule: LineRule | BlockRule): boolean {
	return (
		"anchor" in rule && /^[\p{L}_$]/u.test(rule.anchor) && partsOf(rule.anchor).parts.length < 2
	);
}

/** Code, string or comment: where the first change of a hit would be made. */
export function placeOfHit(
	{ line, old }: LineEdit,
	spans: readonly Span[] | undefined,
	places: LexicalPlaces,
): LexicalPlace {
	const [text = ""] = old;
	const [span] = spans ?? [];
	const place = places.at(line, span?.start ?? indentOf(text).length);
	// A string as a whole is a part of the code around it.
	const isWholeString =
		span !== undefined &&
		span.end - span.start > 1 &&
		/^["'`]$/.test(text.charAt(span.start)) &&
		text.charAt(span.end - 1) === text.charAt(span.start);
	return place === "string" && isWholeString ? "code" : place;
}

function touches(written: ReadonlySet<number>, { line, old }: LineEdit): boolean {
	return old.some((_, i) => written.has(line + i));
}
