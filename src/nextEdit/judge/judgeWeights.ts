import type { JudgeWeights } from "./judgeGate.ts";

/** Fitted on 2026-11-28 by bench/nextEditGate.ts to verdicts of mote-base on cases that the gate was fitted to: bench/results says which. */
export const judgeWeights: JudgeWeights = {
	bias: 0.528,
	gate: 0.693,
	gain: 0.84,
	ease: 0.131,
};
