import type { RatedCase } from "./ratedCases.ts";

/** Of some cases; shares in [0, 1], NaN of nothing. */
export interface NextEditFigures {
	readonly cases: number;
	readonly shown: number;
	/** Of the shown edits those that are, to the letter, among the changes still to come. */
	readonly right: number;
	/** Right ones, of all cases. */
	readonly recall: number;
}

/** What is asked of next edits, as shares; the thresholds are chosen for these. */
export interface NextEditTargets {
	readonly all: Pick<NextEditFigures, "right" | "recall">;
	readonly repeat: Pick<NextEditFigures, "right" | "recall">;
}

export const nextEditTargets: NextEditTargets = {
	all: { right: 0.75, recall: 0.4 },
	repeat: { right: 0.85, recall: 0.45 },
};

export const thresholds: readonly number[] = Array.from({ length: 46 }, (_, i) => (i + 2) / 50);

/** Of the likeliest candidate of each case, where it reaches the case's threshold. */
export function figuresOf(
	cases: readonly RatedCase[],
	thresholdOf: (one: RatedCase) => number,
): NextEditFigures {
	const shown = cases.filter(
		(one) => (one.candidates[0]?.probability ?? 0) >= thresholdOf(one) && one.candidates.length > 0,
	);
	const right = shown.filter(({ candidates }) => candidates[0]?.isRight).length;
	return {
		cases: cases.length,
		shown: shown.length / cases.length,
		right: right / shown.length,
		recall: right / cases.length,
	};
}

/** At which the cases miss the targets least, or exceed them most: by the target that is reached worst. */
export function bestThreshold(cases: readonly RatedCase[]): number {
	const repeats = cases.filter(({ step }) => step.kind === "repeat");
	let best = { threshold: 1, slack: -Infinity };
	for (const threshold of thresholds) {
		const slack = Math.min(
			slackOf(
				figuresOf(cases, () => threshold),
				nextEditTargets.all,
			),
			slackOf(
				figuresOf(repeats, () => threshold),
				nextEditTargets.repeat,
			),
		);
		if (slack > best.slack) {
			best = { threshold, slack };
		}
	}
	return best.threshold;
}

function slackOf(
	{ right, recall }: NextEditFigures,
	target: Pick<NextEditFigures, "right" | "recall">,
): number {
	const slack = Math.min(right - target.right, recall - target.recall);
	return Number.isNaN(slack) ? -Infinity : slack;
}

/** For each repository the threshold that the others are best with. */
export function thresholdsOfOthers(cases: readonly RatedCase[]): ReadonlyMap<string, number> {
	return new Map(
		[...new Set(cases.map(({ step }) => step.repo))].map((repository) => [
			repository,
			bestThreshold(cases.filter(({ step }) => step.repo !== repository)),
		]),
	);
}
