import type { IndexQueries } from "../index/repositoryIndex.ts";
import type { ContextPiece } from "../piece.ts";
import { keepOrReplace } from "./keepOrReplace.ts";
import { choose, priced, type Packed, type PackOptions } from "./pack.ts";
import type { ContextParts, PreviousParts } from "./recentParts.ts";
import type { Unit } from "./unit.ts";

/** Of the budget; the rest is for what the stable part lacks at the cursor. */
const stableShare = 0.8;

/**
 * Least share of the best gain with which a part is kept; see keepOrReplace. Chosen on typing traces: above,
 * prompts change with every other line; below, recall falls.
 */
export const stableKeepShare = 0.4;
export const volatileKeepShare = 0.4;

export interface PackedParts {
	/** In the order of the prompt: the stable part, then the volatile one. */
	readonly pieces: readonly ContextPiece[];
	/** How many of the pieces, from the first on, are the stable part. */
	readonly stablePieces: number;
	readonly parts: ContextParts;
	/** Tokens of pieces that stand where they stood last time, counted up to the first that doesn't. */
	readonly unchangedTokens: number;
	readonly tokens: number;
}

/** Packs both parts, keeping of the previous ones what pays. Pure but for reading the index. */
export function packParts(
	units: readonly Unit[],
	options: PackOptions,
	previous: PreviousParts | undefined,
	index: IndexQueries,
	ownPath: string,
): PackedParts {
	const usable = (unit: Unit): boolean =>
		unit.path !== ownPath &&
		(previous?.versions.get(unit.path) === index.file(unit.path) || isCurrent(unit, index));
	const stableBudget =
		previous === undefined ? options.budgetTokens : Math.floor(options.budgetTokens * stableShare);
	const nextStable = choose(units, { ...options, budgetTokens: stableBudget });
	const keptStable =
		previous?.stable.every(usable) === true ? priced(previous.stable, options) : undefined;
	const keepsStable =
		keptStable !== undefined &&
		keepOrReplace(keptStable, nextStable, {
			budgetTokens: options.budgetTokens,
			keepShare: stableKeepShare,
		}) === "keep";
	const stable = keepsStable ? keptStable : nextStable.layOut();
	const rest: PackOptions = {
		...options,
		// The first time, everything is stable.
		budgetTokens: previous === undefined ? 0 : options.budgetTokens - stable.tokens,
		given: stable.units,
	};
	const shown = linesOf(stable.pieces);
	const nextVolatile = choose(
		units.flatMap((unit) => withoutShown(unit, shown)),
		rest,
	);
	const keptVolatile =
		keepsStable && previous?.volatile.every(usable) === true
			? priced(previous.volatile, rest)
			: undefined;
	const keepsVolatile =
		keptVolatile !== undefined &&
		keepOrReplace(keptVolatile, nextVolatile, {
			budgetTokens: rest.budgetTokens,
			keepShare: volatileKeepShare,
		}) === "keep";
	const volatile = keepsVolatile ? keptVolatile : nextVolatile.layOut();
	return {
		pieces: [...stable.pieces, ...volatile.pieces],
		stablePieces: stable.pieces.length,
		parts: { stable: stable.units, volatile: volatile.units },
		unchangedTokens: keepsStable ? stable.tokens + (keepsVolatile ? volatile.tokens : 0) : 0,
		tokens: stable.tokens + volatile.tokens,
	};
}

/** Whether the lines of a unit still say what it says. */
function isCurrent(unit: Unit, index: IndexQueries): boolean {
	const text = index.textOf(unit.path, unit.startLine, unit.endLine)?.split("\n");
	return (
		text !== undefined &&
		unit.text.split("\n").every((line, at) => text[at]?.includes(line.trim()) === true)
	);
}

function linesOf(pieces: Packed["pieces"]): ReadonlyMap<string, ReadonlySet<number>> {
	const lines = new Map<string, Set<number>>();
	for (const { path, ranges } of pieces) {
		const shown = new Set<number>();
		for (const { startLine, endLine } of ranges) {
			for (let line = startLine; line <= endLine; line++) {
				shown.add(line);
			}
		}
		lines.set(path, shown);
	}
	return lines;
}

/** The unit without a header that is shown; nothing when any of its own lines are. */
function withoutShown(
	unit: Unit,
	shown: ReadonlyMap<string, ReadonlySet<number>>,
): readonly Unit[] {
	const lines = shown.get(unit.path);
	if (lines === undefined) {
		return [unit];
	}
	for (let line = unit.startLine; line <= unit.endLine; line++) {
		if (lines.has(line)) {
			return [];
		}
	}
	return unit.header !== undefined && lines.has(unit.header.line)
		? [{ ...unit, header: undefined }]
		: [unit];
}
