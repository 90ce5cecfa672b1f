import type { ContextPiece } from "../piece.ts";
import { layOut } from "./layout.ts";
import { Selection, type SelectedUnit, type SelectionOptions } from "./selection.ts";
import type { Unit } from "./unit.ts";

export interface PackOptions extends SelectionOptions {
	/** For all pieces with their headers; never exceeded. */
	readonly budgetTokens: number;
	/** Units that stand in the prompt already: what they have isn't wanted again. */
	readonly given?: readonly Unit[];
}

export interface Packed {
	/** Least relevant first: the best stand next to the code. */
	readonly pieces: readonly ContextPiece[];
	/** In the order in which they were taken. */
	readonly units: readonly Unit[];
	readonly tokens: number;
	/** Worth of all units together. */
	readonly gain: number;
}

/** Rounds in which what merging saved is spent again. */
const maxRounds = 4;
/** Less than this is left alone: no unit with its header is so small. */
const leastRest = 8;

/** Units that were chosen, but not laid out yet. */
export interface Chosen {
	/** Worth of all of them; a little more once what merging saves is spent. */
	readonly gain: number;
	/** Lays them out and fills the budget up. To be called once. */
	layOut(): Packed;
}

/** Chooses the units that add most for their tokens, within the budget. Pure; the same input gives the same. */
export function choose(units: readonly Unit[], options: PackOptions): Chosen {
	if (options.budgetTokens < leastRest) {
		return { gain: 0, layOut: () => packedOf([], [], 0) };
	}
	const selection = new Selection(units, options);
	for (const unit of options.given ?? []) {
		selection.include(unit);
	}
	selection.fill(options.budgetTokens);
	return { gain: gainOf(selection.taken), layOut: () => filledUp(selection, options) };
}

function filledUp(selection: Selection, options: PackOptions): Packed {
	let pieces = laidOut(selection.taken, options);
	let tokens = total(pieces);
	for (let round = 1; round < maxRounds && options.budgetTokens - tokens >= leastRest; round++) {
		if (selection.fill(options.budgetTokens - tokens) === 0) {
			break;
		}
		pieces = laidOut(selection.taken, options);
		tokens = total(pieces);
	}
	// Joined texts rarely have more tokens than their parts, but a budget is a promise.
	while (tokens > options.budgetTokens) {
		selection.taken.pop();
		pieces = laidOut(selection.taken, options);
		tokens = total(pieces);
	}
	return packedOf(selection.taken, pieces, tokens);
}

/** The same units as before, with what they are worth and cost now. */
export function priced(units: readonly Unit[], options: PackOptions): Packed {
	const selection = new Selection([], options);
	for (const unit of options.given ?? []) {
		selection.include(unit);
	}
	const taken = units.map((unit) => ({ unit, gain: selection.include(unit) }));
	const pieces = laidOut(taken, options);
	return packedOf(taken, pieces, total(pieces));
}

function packedOf(
	taken: readonly SelectedUnit[],
	pieces: readonly ContextPiece[],
	tokens: number,
): Packed {
	return {
		pieces: pieces.toSorted((a, b) => a.score - b.score || (a.path < b.path ? -1 : 1)),
		units: taken.map(({ unit }) => unit),
		tokens,
		gain: gainOf(taken),
	};
}

function gainOf(taken: readonly SelectedUnit[]): number {
	return taken.reduce((sum, { gain }) => sum + gain, 0);
}

function laidOut(taken: readonly SelectedUnit[], options: PackOptions): readonly ContextPiece[] {
	return layOut(taken, (path, text) => options.countTokens(text) + options.headerTokens(path));
}

function total(pieces: readonly ContextPiece[]): number {
	return pieces.reduce((sum, { tokens }) => sum + tokens, 0);
}
