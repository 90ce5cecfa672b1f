import { bootstrap, type Estimate } from "../bootstrap.ts";
import type { TypedPlace } from "./typingCount.ts";

/** Of places, or null where there is nothing to take a share of. Shares are in [0, 1]; each with its 95 % interval over the places. */
export interface TypingFigures {
	readonly places: number;
	/** That the text of the places takes without help. */
	readonly keys: number;
	readonly ghosts: number;
	readonly ghostsOfSeveralLines: number;
	/** 1 − keys pressed / keys. */
	readonly keysSaved: Estimate | null;
	/** Of the ghosts that were seen. */
	readonly right: Estimate | null;
	readonly ghostsPer100Keys: Estimate | null;
	readonly wrongGhostsPer100Keys: Estimate | null;
	/** Keys that the text of a ghost would take, right or wrong, on average. */
	readonly charactersPerGhost: Estimate | null;
	/** Of the keys that ghosts took over: those of ghosts with at least two lines of text. */
	readonly savedBySeveralLines: Estimate | null;
	/** Share of the looks that showed nothing, by the reason. */
	readonly silences: Readonly<Record<string, number>>;
}

const severalLines = 2;

export function typingFigures(places: readonly TypedPlace[]): TypingFigures {
	const over = (valueOf: (places: readonly TypedPlace[]) => number | undefined): Estimate | null =>
		bootstrap(places, valueOf) ?? null;
	const ghostsOf = (of: readonly TypedPlace[]): number => sum(of, ({ ghosts }) => ghosts.length);
	const keysOfAll = (of: readonly TypedPlace[]): number => sum(of, ({ keys }) => keys);
	const takenOf = (of: readonly TypedPlace[], lines: number): number =>
		sum(of, (place) => sum(place.ghosts, (ghost) => (ghost.lines >= lines ? ghost.taken : 0)));
	const rightOf = (of: readonly TypedPlace[]): number =>
		sum(of, ({ ghosts }) => ghosts.filter(({ isRight }) => isRight).length);
	return {
		places: places.length,
		keys: keysOfAll(places),
		ghosts: ghostsOf(places),
		ghostsOfSeveralLines: sum(
			places,
			({ ghosts }) => ghosts.filter(({ lines }) => lines >= severalLines).length,
		),
		keysSaved: over((of) =>
			share(keysOfAll(of) - sum(of, ({ pressed }) => pressed), keysOfAll(of)),
		),
		right: over((of) => share(rightOf(of), ghostsOf(of))),
		ghostsPer100Keys: over((of) => share(100 * ghostsOf(of), keysOfAll(of))),
		wrongGhostsPer100Keys: over((of) => share(100 * (ghostsOf(of) - rightOf(of)), keysOfAll(of))),
		charactersPerGhost: over((of) =>
			share(
				sum(of, ({ ghosts }) => sum(ghosts, ({ keys }) => keys)),
				ghostsOf(of),
			),
		),
		savedBySeveralLines: over((of) => share(takenOf(of, severalLines), takenOf(of, 0))),
		silences: silencesOf(places),
	};
}

function silencesOf(places: readonly TypedPlace[]): TypingFigures["silences"] {
	const asked = sum(places, (place) => place.asked);
	const reasons = new Set(places.flatMap(({ silences }) => [...silences.keys()]));
	return Object.fromEntries(
		[...reasons]
			.sort()
			.map((reason) => [reason, sum(places, ({ silences }) => silences.get(reason) ?? 0) / asked]),
	);
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
	return items.reduce((total, item) => total + valueOf(item), 0);
}

function share(part: number, whole: number): number | undefined {
	return whole === 0 ? undefined : part / whole;
}
