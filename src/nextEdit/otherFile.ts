import type { EditedDocument } from "./editedDocument.ts";
import { groupBy } from "../base/groupBy.ts";
import type { Features } from "./features.ts";
import { gateWeights } from "./gateWeights.ts";
import type { Hit, Hits } from "./hits.ts";
import { nameChangedBy, type LeavingName } from "./leavingNames.ts";
import type { LineEdit } from "./lineEdit.ts";
import { localDefinition } from "./nameScopes.ts";
import { chooseNextEdits, minProbability, proposeNextEdits, type NextEdit } from "./nextEdit.ts";
import { definesName, isImportLine } from "./rules/importLine.ts";
import { rewritten } from "./rules/rule.ts";

/** Where a name stands that means what was changed: the line counts from 0, the column in UTF-16 units. */
export interface NameUse {
	readonly name: string;
	readonly line: number;
	readonly column: number;
}

/** A name, and what took its place; undefined where it takes other things now. */
export type ChangedName = Pick<LeavingName, "name" | "next">;

/** A file in which nobody has edited anything that counts. */
export interface OtherFile {
	/** Without line breaks. */
	readonly lines: readonly string[];
	/** The only places at which anything is changed. */
	readonly uses: readonly NameUse[];
}

/**
 * The edits of another file that are likely to follow from those made in a document, the likeliest first: as if it stood below the document,
 * by the same rules and the same gate, but only what rules about `names` come to, and only where a use says that the name means what was
 * changed. Empty where the file has something of its own by such a name. None touches another.
 */
export function findInOtherFile(
	document: EditedDocument,
	names: readonly ChangedName[],
	other: OtherFile,
): readonly NextEdit[] {
	const shift = document.lines.length;
	const meant = names.filter(({ name }) => !isOwnName(name, other.lines));
	const uses = groupBy(other.uses, ({ line }) => line + shift);
	const joined = { ...document, lines: [...document.lines, ...other.lines] };
	const proposals = proposeNextEdits(joined, gateWeights, {
		hits: (hits) => usedHits(hits, meant, uses),
		features: acrossFiles,
	});
	return chooseNextEdits(proposals, minProbability).map((found) => ({
		...found,
		edit: { ...found.edit, line: found.edit.line - shift },
	}));
}

/** What the gate weighs of where an edit is within its file says nothing of another one, and that a name is imported there is known. */
function acrossFiles(features: Features): Features {
	return {
		...features,
		...{ distance: 0, isBlockLeft: 0, isTopLevelLeft: 0, isOutOfScope: 0 },
		...{ isImport: 0, isStillDefined: 0, isNewNameKnown: 0 },
	};
}

/** Whether a file gives the name a meaning of its own, if only in a block. */
function isOwnName(name: string, lines: readonly string[]): boolean {
	return lines.some(
		(line) =>
			line.includes(name) &&
			!isImportLine(line) &&
			(definesName(line, name) || localDefinition(line, name) !== undefined),
	);
}

/** What rules about the names do where a use speaks for it, and the other rules that come to the same. */
function usedHits(
	hits: Hits,
	names: readonly ChangedName[],
	uses: ReadonlyMap<number, readonly NameUse[]>,
): Hits {
	const used = new Map<number, readonly Hit[]>();
	for (const [line, onLine] of hits) {
		const here = uses.get(line) ?? [];
		const leading =
			here.length === 0 ? [] : onLine.flatMap((hit) => usedHit(hit, names, here) ?? []);
		if (leading.length > 0) {
			const numbers = new Set(leading.map(({ learned }) => learned));
			const agreeing = onLine.filter(
				({ edit, learned }) =>
					!numbers.has(learned) && leading.some((hit) => isSame(hit.edit, edit)),
			);
			used.set(line, [...leading, ...agreeing]);
		}
	}
	return used;
}

function isSame(a: LineEdit, b: LineEdit): boolean {
	return a.old.length === b.old.length && a.next.join("\n") === b.next.join("\n");
}

function usedHit(
	hit: Hit,
	names: readonly ChangedName[],
	uses: readonly NameUse[],
): Hit | undefined {
	const {
		spans: all = [],
		edit: { line, old },
		learned: { rule },
	} = hit;
	const changed = "match" in rule ? nameChangedBy(rule) : undefined;
	if (!names.some(({ name, next }) => name === changed?.name && next === changed.next)) {
		return undefined;
	}
	// A name is replaced where it stands, what it takes right behind it.
	const offset = changed?.next === undefined ? (changed?.name.length ?? 0) : 0;
	const spans = all.filter(({ start }) =>
		uses.some((use) => use.name === changed?.name && use.column + offset === start),
	);
	const [text = ""] = old;
	return spans.length === 0
		? undefined
		: { ...hit, spans, edit: { line, old, next: [rewritten(text, spans)] } };
}
