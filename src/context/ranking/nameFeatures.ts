import type { IndexedSymbol } from "../index/repositoryIndex.ts";
import type { NameEvidence } from "../sources/nameTable.ts";
import type { CursorScope } from "../sources/cursorScope.ts";
import { isTypeSymbol } from "../sources/declaredTypes.ts";
import { splitWords } from "../sources/identifiers.ts";

/** What is read off the evidence about a name, in the order of a row. */
export const featureNames = [
	"bias",
	"receiverMember",
	"receiverModule",
	"followsReceiver",
	"memberKind",
	"typeKind",
	"functionKind",
	"undefinedHere",
	"belowNear",
	"below",
	"belowOften",
	"aboveNear",
	"above",
	"similarText",
	"similarTextBelow",
	"similarLine",
	"nextLine",
	"lineWords",
	"nearbyWords",
	"closeness",
	"nearbyMember",
	"frequency",
	"definers",
	"length",
	"constantCase",
	"similarAndClose",
	"similarAndMember",
	"typePlace",
] as const;

export type FeatureName = (typeof featureNames)[number];

/** What the features need of the cursor, made once for a query. */
export interface CursorWords {
	/** Words of the names between the start of the line and the cursor. */
	readonly line: ReadonlySet<string>;
	/** Words near the cursor with a weight that falls with the distance. */
	readonly near: ReadonlyMap<string, number>;
	/** Whether a type is likely here: after `new`, `extends`, a colon or an opening angle bracket. */
	readonly isTypePlace: boolean;
}

export function cursorWords(scope: CursorScope): CursorWords {
	const near = new Map<string, number>();
	const note = (name: string, distance: number): void => {
		for (const word of splitWords(name)) {
			near.set(word, Math.max(near.get(word) ?? 0, 1 / (1 + distance / 4)));
		}
	};
	for (const [name, distance] of scope.above) {
		if (distance <= 16) {
			note(name, distance);
		}
	}
	for (const [name, distance] of scope.below) {
		if (distance <= 6) {
			note(name, distance + 1);
		}
	}
	return {
		line: new Set(scope.lineNames.flatMap(splitWords)),
		near,
		isTypePlace: /(?:\bnew|\bextends|\bimplements|[^:]:|<|->)\s*$/.test(
			scope.lastLines(1).slice(-80),
		),
	};
}

/** Fills a row with the features of a name; each lies in [0, 1], so that weights can be compared. */
export function fillFeatures(
	row: Float64Array,
	evidence: NameEvidence,
	scope: CursorScope,
	words: CursorWords,
): void {
	const { name, known, definitions, fileCloseness, nearbyMember } = evidence;
	const { words: parts } = known;
	const kind = kindOf(definitions[0]);
	const above = scope.above.get(name);
	const below = scope.below.get(name);
	let lineOverlap = 0;
	let nearOverlap = 0;
	for (const word of parts) {
		lineOverlap += words.line.has(word) ? 1 : 0;
		nearOverlap += words.near.get(word) ?? 0;
	}
	const share = 1 / Math.max(1, parts.length);
	const similar = saturated(evidence.similarText);
	const isBelow = below === undefined ? 0 : 1;
	let at = 0;
	row[at++] = 1;
	row[at++] = evidence.receiverMember;
	row[at++] = evidence.receiverModule;
	row[at++] = saturated(evidence.followsReceiver);
	row[at++] = kind === "member" ? 1 : 0;
	row[at++] = kind === "type" ? 1 : 0;
	row[at++] = kind === "function" ? 1 : 0;
	row[at++] = kind === "none" ? 1 : 0;
	row[at++] = below === undefined ? 0 : 1 / (1 + below / 3);
	row[at++] = isBelow;
	row[at++] = below === undefined ? 0 : 1 / (1 + below / 30);
	row[at++] = above === undefined ? 0 : 1 / (1 + above / 4);
	row[at++] = above === undefined ? 0 : 1;
	row[at++] = similar;
	row[at++] = isBelow * similar;
	row[at++] = saturated(evidence.similarLine);
	row[at++] = evidence.nextLine;
	row[at++] = lineOverlap * share;
	row[at++] = nearOverlap * share;
	row[at++] = fileCloseness;
	row[at++] = nearbyMember;
	row[at++] = Math.min(1, Math.log1p(known.fileFrequency) / 6);
	row[at++] = Math.min(1, Math.log1p(definitions.length) / 3);
	row[at++] = Math.min(1, name.length / 24);
	row[at++] = known.isConstantCase ? 1 : 0;
	row[at++] = similar * fileCloseness;
	row[at++] = similar * nearbyMember;
	row[at] = words.isTypePlace && known.isCapitalized ? 1 : 0;
}

/** Sums of weights grow with the number of hits; their logarithm says enough. */
function saturated(sum: number): number {
	return Math.min(1, Math.log1p(sum) / 2.5);
}

function kindOf(
	symbol: IndexedSymbol | undefined,
): "member" | "type" | "function" | "none" | "other" {
	if (symbol === undefined) {
		return "none";
	}
	if (isTypeSymbol(symbol)) {
		return "type";
	}
	if (symbol.container !== undefined) {
		return "member";
	}
	return symbol.kind === "function" ? "function" : "other";
}
