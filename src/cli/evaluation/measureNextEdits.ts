import { open } from "node:fs/promises";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { readEditSteps } from "../../evaluation/nextEdit/editCases.ts";
import { reportOf, type NextEditReport } from "../../evaluation/nextEdit/nextEditReport.ts";
import {
	judgedByOthers,
	rateByOthers,
	vectorStep,
	type RatedCase,
} from "../../evaluation/nextEdit/ratedCases.ts";
import { stillClock } from "../../evaluation/stillClock.ts";
import { isWorthJudging } from "../../nextEdit/judge/judgedNextEdits.ts";
import { ModelJudge, type EditJudge } from "../../nextEdit/judge/modelJudge.ts";
import { openLocalCore } from "../core.ts";
import { progress } from "./progress.ts";

export interface NextEditOptions {
	/** Of cases, one JSON a line; all are fitted to, and the first one's are measured. */
	readonly caseFiles: readonly string[];
	/** Of the model that judges; undefined without a judge. */
	readonly judgeFolder: string | undefined;
	/** Where the candidates of every case are written to, one JSON a line. */
	readonly candidatesFile: string | undefined;
	readonly threads: number;
}

/** How good next edits are on repositories that nothing was fitted on, without a judge and with one. */
export async function measureNextEdits(options: NextEditOptions): Promise<NextEditReport> {
	const { caseFiles, judgeFolder, candidatesFile, threads } = options;
	// Before minutes of work, not after them.
	await using file = candidatesFile === undefined ? undefined : await open(candidatesFile, "w");
	const read = await Promise.all(caseFiles.map(readEditSteps));
	const measured = new Set(read[0]);
	const steps = read.flat().map(vectorStep);
	progress(`${steps.length} steps of cases`);
	const rated = rateByOthers(steps);
	const ofFirst = (cases: readonly RatedCase[]): readonly RatedCase[] =>
		cases.filter(({ step }) => measured.has(step));
	if (judgeFolder === undefined) {
		await file?.writeFile(linesOf(rated));
		return reportOf(ofFirst(rated), undefined, undefined);
	}
	await using core = await openLocalCore(
		{ modelFolder: judgeFolder, threads, cacheFolder: undefined },
		stillClock,
	);
	progress(core.backendName ?? "");
	const judge = new ModelJudge(core);
	const withVerdicts: RatedCase[] = [];
	for (const one of rated) {
		withVerdicts.push(await askedAbout(one, judge));
		if (withVerdicts.length % 50 === 0) {
			progress(`${withVerdicts.length} of ${rated.length} cases`);
		}
	}
	await file?.writeFile(linesOf(withVerdicts));
	const judged = judgedByOthers(withVerdicts);
	return reportOf(ofFirst(rated), ofFirst(judged), core.manifest.name);
}

async function askedAbout(one: RatedCase, judge: EditJudge): Promise<RatedCase> {
	const { step, candidates } = one;
	const asked = candidates.filter(({ probability }, i) => isWorthJudging(probability, i));
	const verdicts = await judge.judge(
		{
			...{ lines: step.lines, edits: step.edits },
			...{ path: step.file, languageId: languageIdOfPath(step.file) },
		},
		asked.map(({ edit }) => edit),
		new AbortController().signal,
	);
	const found = verdicts === "aborted" ? [] : verdicts;
	return {
		...one,
		candidates: candidates.map((candidate) => ({
			...candidate,
			verdict: found[asked.indexOf(candidate)],
		})),
	};
}

function linesOf(cases: readonly RatedCase[]): string {
	return cases
		.map(({ step: { repo, file, lang, kind }, isReachable, candidates }) =>
			JSON.stringify({ repo, file, lang, kind, isReachable, candidates }),
		)
		.join("\n");
}
