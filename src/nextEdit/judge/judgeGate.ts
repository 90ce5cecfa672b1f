import type { Verdict } from "./modelJudge.ts";

/** A logistic model of what the gate and the judge say. */
export interface JudgeWeights {
	readonly bias: number;
	/** Of the log-odds that the gate gives without a judge. */
	readonly gate: number;
	/** Of what the lines gain by the edit, in tens of nats. */
	readonly gain: number;
	/** Of a token's log-probability in the lines with the edit, on average, in nats. */
	readonly ease: number;
}

export const judgeWeightNames = ["bias", "gate", "gain", "ease"] as const;

/** Verdicts can be extreme, and one must not outweigh everything else; in nats. */
const maxGain = 60;

/** What the weights are for, in their order. */
export function judgeFeatures(probability: number, verdict: Verdict): readonly number[] {
	const gain = Math.max(-maxGain, Math.min(maxGain, verdict.withEdit - verdict.without));
	return [
		1,
		Math.log(probability / (1 - probability)),
		gain / 10,
		verdict.withEdit / verdict.tokens,
	];
}

/** The probability, in (0, 1), that a candidate is what comes next, from the one without a judge. */
export function judgedProbability(
	probability: number,
	verdict: Verdict,
	weights: JudgeWeights,
): number {
	const features = judgeFeatures(probability, verdict);
	const logit = judgeWeightNames.reduce(
		(sum, name, i) => sum + (features[i] ?? 0) * weights[name],
		0,
	);
	return 1 / (1 + Math.exp(-logit));
}
