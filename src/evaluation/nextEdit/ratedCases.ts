import { featureNames } from "../../nextEdit/features.ts";
import { judgeFeatures } from "../../nextEdit/judge/judgeGate.ts";
import type { Verdict } from "../../nextEdit/judge/modelJudge.ts";
import type { LineEdit } from "../../nextEdit/lineEdit.ts";
import type { ProposerName } from "../../nextEdit/proposerName.ts";
import type { EditStep } from "./editCases.ts";
import { labelStep, type LabelledStep } from "./labelledSteps.ts";
import { dot, fitLogistic, type Example } from "./logistic.ts";

/** A step with what the gate is given of each candidate. */
export interface VectorStep extends LabelledStep {
	readonly vectors: readonly (readonly number[])[];
}

export interface RatedCandidate {
	readonly edit: LineEdit;
	readonly proposers: readonly ProposerName[];
	readonly isRight: boolean;
	/** By weights that never saw its repository; in (0, 1). */
	readonly probability: number;
	/** Of a model, where one was asked. */
	readonly verdict: Verdict | undefined;
}

/** A case with its candidates, the likeliest first. */
export interface RatedCase {
	readonly step: EditStep;
	/** Whether any candidate is right, also one that isn't kept here. */
	readonly isReachable: boolean;
	readonly candidates: readonly RatedCandidate[];
}

/** Kept of each case; less likely ones are never shown. */
const maxKept = 8;
export const gateRidge = 1;
const judgeRidge = 0.3;

export function vectorStep(step: EditStep): VectorStep {
	const labelled = labelStep(step);
	const vectors = labelled.candidates.map(({ features }) =>
		featureNames.map((name) => features[name] ?? 0),
	);
	return { ...labelled, vectors };
}

/** Steps count alike, however many candidates they have; those made of a case less than it. */
export function gateExamples(steps: readonly VectorStep[]): readonly Example[] {
	return steps.flatMap(({ candidates, vectors, step }) =>
		candidates.map(({ isRight }, i) => ({
			x: vectors[i] ?? [],
			isRight,
			weight: (step.isCase ? 1 : 0.5) / Math.sqrt(candidates.length),
		})),
	);
}

/** The candidates of each case, rated by weights that were fitted on the other repositories. */
export function rateByOthers(steps: readonly VectorStep[]): readonly RatedCase[] {
	let fitted: readonly number[] | undefined;
	return repositoriesOf(steps).flatMap((repository) => {
		const others = steps.filter(({ step }) => step.repo !== repository);
		fitted = fitLogistic(gateExamples(others), gateRidge, fitted);
		const weights = fitted;
		return steps
			.filter(({ step }) => step.repo === repository && step.isCase)
			.map((step) => rated(step, weights));
	});
}

export function rated(
	{ step, candidates, vectors }: VectorStep,
	weights: readonly number[],
): RatedCase {
	return {
		step,
		isReachable: candidates.some(({ isRight }) => isRight),
		candidates: candidates
			.map(({ edit, hits, isRight }, i): RatedCandidate => ({
				edit,
				proposers: [...new Set(hits.map(({ learned }) => learned.rule.proposer))].sort(),
				isRight,
				probability: logistic(dot(vectors[i] ?? [], weights)),
				verdict: undefined,
			}))
			.sort((a, b) => b.probability - a.probability)
			.slice(0, maxKept),
	};
}

function logistic(logit: number): number {
	return Math.min(1 - 1e-12, Math.max(1e-12, 1 / (1 + Math.exp(-logit))));
}

/** What the judge's weights are fitted to. */
export interface JudgedCase {
	readonly candidates: readonly Pick<RatedCandidate, "probability" | "verdict" | "isRight">[];
}

/** The candidates with a verdict. */
function judgeExamples(cases: readonly JudgedCase[]): readonly Example[] {
	return cases.flatMap(({ candidates }) => {
		const judged = candidates.flatMap(({ probability, verdict, isRight }) =>
			verdict === undefined ? [] : [{ x: judgeFeatures(probability, verdict), isRight }],
		);
		return judged.map((example) => ({ ...example, weight: 1 / Math.sqrt(judged.length) }));
	});
}

export function fitJudge(cases: readonly JudgedCase[]): readonly number[] {
	return fitLogistic(judgeExamples(cases), judgeRidge, [0, 1, 0, 0]);
}

/** The same cases with the verdicts mixed in, by weights that were fitted on the other repositories. */
export function judgedByOthers(cases: readonly RatedCase[]): readonly RatedCase[] {
	return repositoriesOf(cases).flatMap((repository) => {
		const weights = fitJudge(cases.filter(({ step }) => step.repo !== repository));
		return cases
			.filter(({ step }) => step.repo === repository)
			.map((one) => withVerdicts(one, weights));
	});
}

function withVerdicts(one: RatedCase, weights: readonly number[]): RatedCase {
	const candidates = one.candidates.map((candidate) => {
		const { probability, verdict } = candidate;
		return verdict === undefined
			? candidate
			: { ...candidate, probability: logistic(dot(judgeFeatures(probability, verdict), weights)) };
	});
	return { ...one, candidates: candidates.sort((a, b) => b.probability - a.probability) };
}

function repositoriesOf(steps: readonly { readonly step: EditStep }[]): readonly string[] {
	return [...new Set(steps.map(({ step }) => step.repo))];
}
