import { isByName, type Candidate } from "./candidates.ts";
import type { EditedDocument } from "./editedDocument.ts";
import { placeOfHit, type Hit } from "./hits.ts";
import { placeOfEdit, type LexicalPlaces } from "./lexicalPlaces.ts";
import { likenessOf, sharedWords } from "./likeness.ts";
import type { LineEdit } from "./lineEdit.ts";
import { indentUnits, type LineTable } from "./lineTable.ts";
import { bracketBalance, indentOf } from "./lineTokens.ts";
import { indentBetween, isPlainWord, localDefinition, namesGained } from "./nameScopes.ts";
import { proposerNames, type ProposerName } from "./proposerName.ts";
import { definesName, isImportLine } from "./rules/importLine.ts";

/** Counts are binary logarithms of one more than the count; what `is` something is 0 or 1. */
const ownFeatures = [
	"bias",
	/** Edits that speak for the rule, their share of all edits, and whether the newest is among them. */
	"support",
	"supportShare",
	"isSupportedByNewest",
	/** Whether the rule makes all of such an edit. */
	"isWhole",
	/** Where else the rule fits: between the edits, above them, below them. */
	"passed",
	"above",
	"below",
	/** Lines from the newest edit. */
	"distance",
	"nameUnits",
	"contextTokens",
	/** How much the place resembles those where the edits were made. */
	"isSameSkeleton",
	"sharedWords",
	"isSameLineAbove",
	"isSameLineBelow",
	/** Code, string or comment, where the edits were made in something else. */
	"isOtherPlace",
	"isInString",
	"isInComment",
	"isImport",
	/** Lines beyond the first; whether their number changes. */
	"lines",
	"linesDiffer",
	"isInsertion",
	"isDeletion",
	/** Several rules on one line; whether all of them put names for names. */
	"isComposed",
	"isComposedOfNames",
	/** What else could be done on its lines, and right above and below. */
	"unused",
	"unmerged",
	"edits",
	/** Units that the lines gain and lose. */
	"grown",
	"shrunk",
	/** Whether it was learned from lines that changed how many they are, and how much of the names on its line an edit left. */
	"isJoined",
	"pairLikeness",
	/** A name for a name; whether the old one is still defined or imported here, and the new one was here before. */
	"isRenaming",
	"isStillDefined",
	"isNewNameKnown",
	/** A word of the language instead of a name; whether an edit put the new name beside the old one and left that. */
	"isPlainWord",
	"isKeptBeside",
	"isExtension",
	"isUnbalanced",
	/** Whether it leaves the block of all edits that speak for it, and whether it takes a name beyond where that is known. */
	"isBlockLeft",
	"isTopLevelLeft",
	"isOutOfScope",
	/** Whether what it replaces is defined by its own line; whether what is written instead is, elsewhere. */
	"isDefinition",
	"isRedefinition",
	"isDefinedTwice",
	/** Whether no line of the document is as long as one that it writes, or hardly any. */
	"isOverlong",
	"isLong",
] as const;

/** A proposer whose rule has one edit that speaks for it. */
const singles = [
	"lines",
	"likeLines",
	"replacement",
	"insertion",
	"shape",
	"sibling",
	"parameter",
	"moved",
] as const;

export type FeatureName =
	| (typeof ownFeatures)[number]
	| `by:${ProposerName}`
	| `single:${(typeof singles)[number]}`
	| "extension:replacement";

/** In the order in which weights are kept. */
export const featureNames: readonly FeatureName[] = [
	...ownFeatures,
	...proposerNames.map((name) => `by:${name}` as const),
	...singles.map((name) => `single:${name}` as const),
	"extension:replacement",
];

/** What the gate judges a candidate by; what isn't named is 0. */
export type Features = Readonly<Partial<Record<FeatureName, number>>>;

export interface FeatureContext {
	readonly document: EditedDocument;
	readonly table: LineTable;
	readonly places: LexicalPlaces;
}

const log = (count: number): number => Math.log2(1 + count);

export function featuresOf(candidate: Candidate, context: FeatureContext): Features {
	const { edits } = context.document;
	const { edit, hits } = candidate;
	const most = (of: (hit: Hit) => number): number => Math.max(...hits.map(of));
	const least = (of: (hit: Hit) => number): number => Math.min(...hits.map(of));
	const newest = edits.at(-1);
	const support = most(({ learned }) => learned.edits.length);
	const proposers = new Set(hits.map(({ learned }) => learned.rule.proposer));
	const isExtension = hits.every(
		({ learned: { rule } }) => "isExtension" in rule && rule.isExtension,
	);
	return {
		bias: 1,
		support: log(support) - 1,
		supportShare: support / edits.length,
		isSupportedByNewest: +hits.some(({ learned }) => learned.edits.includes(edits.length - 1)),
		isWhole: +hits.some(({ learned }) => learned.isWhole),
		passed: log(least(({ tally }) => tally.passed)),
		above: log(least(({ tally }) => tally.above)),
		below: log(least(({ tally }) => tally.below)),
		distance: log(
			Math.abs(edit.line - (newest === undefined ? 0 : newest.line + newest.next.length)),
		),
		nameUnits: log(most(({ learned }) => learned.rule.nameUnits)),
		contextTokens: most(({ learned: { rule } }) =>
			"contextTokens" in rule ? rule.contextTokens : rule.contextLines,
		),
		...likenessOf(candidate, context.document),
		...placeOf(candidate, context),
		isImport: +isImportLine(edit.old[0] ?? ""),
		lines: log(Math.max(edit.old.length, edit.next.length) - 1),
		linesDiffer: +(edit.old.length !== edit.next.length),
		isInsertion: +(edit.old.length === 0),
		isDeletion: +(edit.next.length === 0),
		isComposed: +candidate.isComposed,
		isComposedOfNames: +(candidate.isComposed && hits.every(isByName)),
		unused: log(candidate.unused),
		unmerged: candidate.unmerged,
		edits: log(edits.length - 1),
		...sizesOf(edit),
		isJoined: +hits.every(({ learned: { pair } }) => pair?.isJoined === true),
		pairLikeness: most(({ learned: { pair } }) =>
			pair === undefined ? 0 : sharedWords(pair.old, pair.next),
		),
		...namesOf(candidate, context),
		...definitionsOf(candidate, context),
		...blocksOf(candidate, context),
		...lengthsOf(edit, context.table),
		isExtension: +isExtension,
		isUnbalanced: +(bracketBalance(edit.old) !== bracketBalance(edit.next)),
		...Object.fromEntries([...proposers].map((name) => [`by:${name}`, 1])),
		...Object.fromEntries(
			singles.map((name) => [`single:${name}`, +(support === 1 && proposers.has(name))]),
		),
		"extension:replacement": +(isExtension && proposers.has("replacement")),
	};
}

function sizesOf({ old, next }: LineEdit): Pick<Features, "grown" | "shrunk"> {
	const unitsOf = (lines: readonly string[]): number =>
		lines.reduce((sum, line) => sum + line.trim().length, 0);
	const change = unitsOf(next) - unitsOf(old);
	return { grown: log(Math.max(0, change)), shrunk: log(Math.max(0, -change)) };
}

function namesOf(
	{ hits }: Candidate,
	{ document, table }: FeatureContext,
): Pick<
	Features,
	"isRenaming" | "isStillDefined" | "isNewNameKnown" | "isPlainWord" | "isKeptBeside"
> {
	const written = new Set(document.edits.flatMap(({ line, next }) => next.map((_, i) => line + i)));
	const found = {
		...{ isRenaming: 0, isStillDefined: 0, isNewNameKnown: 0 },
		...{ isPlainWord: 0, isKeptBeside: 0 },
	};
	for (const { learned } of hits) {
		const renames = "renames" in learned.rule ? learned.rule.renames : undefined;
		if (renames !== undefined) {
			found.isRenaming = 1;
			found.isStillDefined ||= +table.defines(renames.old);
			found.isNewNameKnown ||= +table.linesWith(renames.next).some((line) => !written.has(line));
			found.isPlainWord ||= +isPlainWord(renames.old);
			found.isKeptBeside ||= +document.edits.some(
				({ old, next }) =>
					namesGained(old, next).has(renames.next) &&
					namesGained([], old).has(renames.old) &&
					namesGained([], next).has(renames.old),
			);
		}
	}
	return found;
}

function definitionsOf(
	{ edit: { old, next } }: Candidate,
	{ table }: FeatureContext,
): Pick<Features, "isDefinition" | "isRedefinition" | "isDefinedTwice"> {
	const [gained, lost] = [[...namesGained(old, next)], [...namesGained(next, old)]];
	const isDefinition = lost.some((name) => old.some((line) => definesName(line, name)));
	const known = gained.filter((name) => table.defines(name));
	return {
		isDefinition: +isDefinition,
		isRedefinition: +(isDefinition && known.length > 0),
		isDefinedTwice: +known.some((name) => next.some((line) => definesName(line, name))),
	};
}

function blocksOf(
	{ edit, hits }: Candidate,
	{ document: { edits }, table }: FeatureContext,
): Pick<Features, "isBlockLeft" | "isTopLevelLeft" | "isOutOfScope"> {
	let [isBlockLeft, isTopLevelLeft] = [1, 1];
	for (const made of new Set(hits.flatMap(({ learned }) => learned.edits))) {
		const support = edits[made];
		if (support === undefined) {
			continue;
		}
		const own = Math.min(...[...support.next, ...support.old].map(indentUnits));
		const least = indentBetween(table, support, edit);
		isBlockLeft &&= +(least < own);
		isTopLevelLeft &&= +(least === 0);
	}
	const gained = namesGained(edit.old, edit.next);
	const isOutOfScope = [...gained].some((name) => {
		const isKnown = edits.flatMap((made) =>
			made.next.flatMap((line) => {
				const kind = localDefinition(line, name);
				const least = kind === undefined ? 0 : indentBetween(table, made, edit);
				const { length } = indentOf(line);
				return kind === undefined ? [] : [kind === "block" ? least >= length : least > length];
			}),
		);
		return isKnown.length > 0 && !isKnown.includes(true);
	});
	return { isBlockLeft, isTopLevelLeft, isOutOfScope: +isOutOfScope };
}

function lengthsOf(
	{ old, next }: LineEdit,
	table: LineTable,
): Pick<Features, "isOverlong" | "isLong"> {
	const longest = Math.max(0, ...next.map(({ length }) => length));
	const hasGrown = longest > Math.max(0, ...old.map(({ length }) => length));
	const asLong = table.linesAsLongAs(longest);
	return {
		isOverlong: +(hasGrown && asLong === 0),
		isLong: +(hasGrown && asLong <= table.lines.length * rareShare),
	};
}

/** Of lines, so few are longer than what a formatter or its writers allow. */
const rareShare = 0.01;

/** Whether the change is in a string or a comment, and whether the edits were. */
function placeOf(
	{ edit, hits }: Candidate,
	{ document, places }: FeatureContext,
): Pick<Features, "isOtherPlace" | "isInString" | "isInComment"> {
	const here = placeOfHit(edit, hits[0]?.spans, places);
	const isAsMade = hits.some(({ learned }) =>
		learned.edits.some((number) => {
			const made = document.edits[number];
			return made !== undefined && placeOfEdit(made, places) === here;
		}),
	);
	return {
		isOtherPlace: +!isAsMade,
		isInString: +(here === "string"),
		isInComment: +(here === "comment"),
	};
}
