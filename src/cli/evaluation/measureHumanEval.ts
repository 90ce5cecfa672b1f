import { open } from "node:fs/promises";
import { systemClock } from "../../base/clock.ts";
import { HumanEvalAnswers } from "../../evaluation/humanEval/answers.ts";
import {
	humanEvalFigures,
	type HumanEvalFigures,
	type HumanEvalReport,
} from "../../evaluation/humanEval/humanEvalReport.ts";
import {
	readProblems,
	sampleProblems,
	type HumanEvalKind,
} from "../../evaluation/humanEval/problems.ts";
import { PythonSandbox } from "../../evaluation/humanEval/pythonSandbox.ts";
import { runHumanEval } from "../../evaluation/humanEval/runHumanEval.ts";
import { stillClock } from "../../evaluation/stillClock.ts";
import { openLocalCore } from "../core.ts";
import { humanEvalFolder } from "../defaults.ts";
import { progress } from "./progress.ts";

export interface HumanEvalOptions {
	readonly modelFolder: string;
	readonly kinds: readonly HumanEvalKind[];
	/** Of each kind; 0 for all. */
	readonly problemsPerKind: number;
	/** Where every answer is written to, one JSON a line. */
	readonly answersFile: string | undefined;
	readonly seed: number;
	readonly threads: number;
}

/** Has a model write HumanEval's functions, lines and spans, and runs their tests. */
export async function measureHumanEval(options: HumanEvalOptions): Promise<HumanEvalReport> {
	const { modelFolder, threads, seed, kinds, problemsPerKind, answersFile } = options;
	await using sandbox = await PythonSandbox.open(systemClock);
	// Before minutes of work, not after them.
	await using file = answersFile === undefined ? undefined : await open(answersFile, "w");
	await using core = await openLocalCore(
		{ modelFolder, threads, cacheFolder: undefined },
		stillClock,
	);
	progress(core.backendName ?? "");
	const answers = new HumanEvalAnswers(core);
	const humanEval: Partial<Record<HumanEvalKind, HumanEvalFigures>> = {};
	for (const kind of kinds) {
		const all = await readProblems(humanEvalFolder, kind);
		const problems = sampleProblems(all, problemsPerKind || all.length, seed);
		const results = await runHumanEval(problems, {
			answers,
			sandbox,
			onProgress: (done) => {
				if (done % 50 === 0 || done === problems.length) {
					progress(`${kind}: ${done} of ${problems.length} problems`);
				}
			},
		});
		humanEval[kind] = humanEvalFigures(results);
		for (const { problem, answer, end } of results) {
			await file?.write(`${JSON.stringify({ kind, id: problem.id, end, answer })}\n`);
		}
	}
	const { name: model, quantization } = core.manifest;
	return { model, quantization, seed, isolation: sandbox.isolation, humanEval };
}
