import type { ScannedLine } from "../lineTokens.ts";
import type { LineRule, RuleMatch, Span } from "./rule.ts";
import { partsOf, withWords } from "./wordParts.ts";

/** Fewer letters stand in too many names. */
const minPartUnits = 4;

/**
 * A name that became another, carried over to names that are written otherwise or hold it: `skipSymbol` → `skipToken` makes
 * `SkipSymbols` `SkipTokens`, and `PatchResult` → `PatchData` makes `updateResult` `updateData`. The one, which has what stood beside the
 * changed words too, is a variant; the other, which has nothing but these, is a loose one. Empty where too little of the name was
 * changed to recognize it by.
 */
export function variantRules(oldName: string, newName: string): readonly LineRule[] {
	const [from, to] = [partsOf(oldName), partsOf(newName)];
	const removed = changedParts(from.parts, to.parts);
	const added = changedParts(to.parts, from.parts);
	if (removed.length === 0 || added.length === 0) {
		return [];
	}
	const units = removed.reduce((sum, { length }) => sum + length, 0);
	if (units < minPartUnits) {
		return [];
	}
	const fullNames: ReadonlySet<string> = new Set([oldName, newName]);
	const at = headOf(from.parts, to.parts);
	const change: PartsChange = {
		...{ removed, added, fullNames },
		before: from.parts[at - 1],
		after: from.parts[at + removed.length],
	};
	const rule = (proposer: "variant" | "looseVariant"): LineRule => ({
		proposer,
		key: JSON.stringify([proposer, removed, added, change.before, change.after]),
		anchor: removed.reduce((longest, part) => (part.length > longest.length ? part : longest), ""),
		nameUnits: units,
		renames: undefined,
		isExtension: false,
		contextTokens: from.parts.length - removed.length,
		match: (line) => matchNames(line, change, proposer === "looseVariant"),
	});
	// That something is many now says nothing about other things.
	const isPlural = removed.every(
		(part, i) => added[i] === part || added[i] === `${part}s` || part === `${added[i] ?? ""}s`,
	);
	return isPlural ? [rule("variant")] : [rule("variant"), rule("looseVariant")];
}

/** Of the words of a name those without the ones that both begin and end with. */
function changedParts(parts: readonly string[], others: readonly string[]): readonly string[] {
	const shorter = Math.min(parts.length, others.length);
	const head = headOf(parts, others);
	let tail = 0;
	while (tail < shorter - head && parts.at(-1 - tail) === others.at(-1 - tail)) {
		tail++;
	}
	return parts.slice(head, parts.length - tail);
}

function headOf(parts: readonly string[], others: readonly string[]): number {
	const differs = parts.findIndex((part, i) => part !== others[i]);
	return differs < 0 ? parts.length : differs;
}

interface PartsChange {
	readonly removed: readonly string[];
	readonly added: readonly string[];
	/** These are replaced as they are, by others. */
	readonly fullNames: ReadonlySet<string>;
	/** The words beside them; undefined where the name begins or ends. */
	readonly before: string | undefined;
	readonly after: string | undefined;
}

function matchNames(
	{ tokens }: ScannedLine,
	change: PartsChange,
	isLoose: boolean,
): RuleMatch | undefined {
	const spans: Span[] = [];
	for (const { kind, text, start, end } of tokens) {
		if (kind !== "word" || change.fullNames.has(text)) {
			continue;
		}
		const renamed = renamedIn(text, change, isLoose);
		if (renamed !== undefined && renamed !== text) {
			spans.push({ start, end, text: renamed });
		}
	}
	return spans.length === 0 ? undefined : { spans };
}

function renamedIn(
	name: string,
	{ removed, added, before, after }: PartsChange,
	isLoose: boolean,
): string | undefined {
	const { parts, style } = partsOf(name);
	for (let at = 0; at + removed.length <= parts.length; at++) {
		const plural = removed.every(
			(part, i) =>
				parts[at + i] === part || (i === removed.length - 1 && parts[at + i] === `${part}s`),
		);
		const [left, right] = [parts[at - 1], parts[at + removed.length]];
		const isClose =
			before === undefined && after === undefined
				? left === undefined && right === undefined
				: (left !== undefined && left === before) || (right !== undefined && right === after);
		if (!plural || isClose === isLoose) {
			continue;
		}
		const isPlural = parts[at + removed.length - 1] !== removed.at(-1);
		const inserted = isPlural ? [...added.slice(0, -1), `${added.at(-1) ?? ""}s`] : added;
		// One word written small says nothing about how several are written.
		const manner = style === "lower" && inserted.length > 1 ? "camel" : style;
		return withWords(name, inserted, at, at + removed.length, manner);
	}
	return undefined;
}
