/**
 * Fits the gate of next edits, and what its judge's verdicts weigh, to cases of developers' commits. How good they are on repositories that
 * they weren't fitted on is what `mote eval --next-edits` says.
 *
 *     node --experimental-transform-types bench/nextEditGate.ts CASES.jsonl… [--judged FILE] [--aside CASES.jsonl]
 *
 * The cases are in the format of the runner of next edits: {id, repo, file, lang, kind, before, edits, next}. Each is taken at every step of
 * its commit, and the weights go to src/nextEdit/gateWeights.ts. --judged is what `mote eval --next-edits --judge --candidates FILE` wrote
 * of the same cases; those weights go to src/nextEdit/judge/judgeWeights.ts. Cases of --aside are never fitted; the figures of the gate on
 * them are printed as JSON.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { readEditSteps } from "../src/evaluation/nextEdit/editCases.ts";
import { fitLogistic } from "../src/evaluation/nextEdit/logistic.ts";
import { figuresOf } from "../src/evaluation/nextEdit/nextEditFigures.ts";
import {
	fitJudge,
	gateExamples,
	gateRidge,
	rated,
	vectorStep,
} from "../src/evaluation/nextEdit/ratedCases.ts";
import { minProbability } from "../src/nextEdit/nextEdit.ts";
import { gateFile, judgeFile } from "./nextEdit/weightFiles.ts";

const judgedSchema = z.object({
	candidates: z.array(
		z.object({
			probability: z.number().gt(0).lt(1),
			isRight: z.boolean(),
			verdict: z
				.object({ withEdit: z.number(), without: z.number(), tokens: z.int().positive() })
				.optional()
				.transform((verdict) => verdict),
		}),
	),
});

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { judged: { type: "string" }, aside: { type: "string" } },
});
const steps = (await Promise.all(positionals.map(readEditSteps))).flat().map(vectorStep);
const weights = fitLogistic(gateExamples(steps), gateRidge);
await writeFile("src/nextEdit/gateWeights.ts", gateFile(weights));
if (values.judged !== undefined) {
	const lines = (await readFile(values.judged, "utf8")).trim().split("\n");
	const judged = lines.map((line) => judgedSchema.parse(JSON.parse(line)));
	const cases = judged.map(({ candidates }) => ({
		candidates: candidates.map((one) => ({ ...one, verdict: one.verdict })),
	}));
	await writeFile("src/nextEdit/judge/judgeWeights.ts", judgeFile(fitJudge(cases)));
}
if (values.aside !== undefined) {
	const cases = (await readEditSteps(values.aside))
		.filter(({ isCase }) => isCase)
		.map((step) => rated(vectorStep(step), weights));
	const at = (threshold: number): unknown => figuresOf(cases, () => threshold);
	const figures = Object.fromEntries(
		[minProbability, 0.4, 0.5, 0.6, 0.7].map((threshold) => [threshold, at(threshold)]),
	);
	console.log(JSON.stringify(figures, undefined, "\t"));
}
