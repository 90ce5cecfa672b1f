import { chooseNextEdits, proposeNextEdits, type NextEdit } from "../nextEdit.ts";
import { judgedProbability, type JudgeWeights } from "./judgeGate.ts";
import { judgeWeights } from "./judgeWeights.ts";
import type { EditJudge, JudgedDocument, Verdict } from "./modelJudge.ts";

/** An edit that is likely to come next, and what the model said of it. */
export interface JudgedNextEdit extends NextEdit {
	/** Without the judge. */
	readonly gateProbability: number;
	/** Undefined for what was too long, or too unlikely anyway, to be judged. */
	readonly verdict: Verdict | undefined;
}

export type JudgedOutcome =
	| { readonly kind: "judged"; readonly edits: readonly JudgedNextEdit[] }
	| { readonly kind: "aborted" };

/** What is less likely isn't shown: of chosen commits five sixths are right then, see bench/results. */
export const minJudgedProbability = 0.45;

/** As many are judged, since each takes two short passes, and only those that the judge could still bring to be shown. */
const maxJudged = 4;
const minToJudge = 0.03;

/** Whether a judge is asked about a proposal before which, by probability, so many others come. */
export function isWorthJudging(probability: number, rank: number): boolean {
	return probability >= minToJudge && rank < maxJudged;
}

/**
 * The edits that are likely to follow, judged by a model, the likeliest first; none touches another.
 *
 * @throws EngineError
 */
export async function findJudgedNextEdits(
	document: JudgedDocument,
	judge: EditJudge,
	signal: AbortSignal,
	weights: JudgeWeights = judgeWeights,
): Promise<JudgedOutcome> {
	const proposals = proposeNextEdits(document);
	const asked = proposals.filter(({ probability }, rank) => isWorthJudging(probability, rank));
	const verdicts = await judge.judge(
		document,
		asked.map(({ edit }) => edit),
		signal,
	);
	if (verdicts === "aborted" || signal.aborted) {
		return { kind: "aborted" };
	}
	const judged = asked.map((proposal, i): JudgedNextEdit => {
		const { probability: gateProbability } = proposal;
		const verdict = verdicts[i];
		const probability =
			verdict === undefined
				? gateProbability
				: judgedProbability(gateProbability, verdict, weights);
		return { ...proposal, probability, gateProbability, verdict };
	});
	return { kind: "judged", edits: chooseNextEdits(judged, minJudgedProbability) };
}
