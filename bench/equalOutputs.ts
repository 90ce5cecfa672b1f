/**
 * Whether backends choose the same tokens: greedy answers of the first one to real prompts, and what the
 * others would choose at each step of them. A step where they differ is a fault only where the first
 * backend's most likely token leads by more than the kernels' error, which is the largest distance of two
 * logits that was seen anywhere: within it, either choice is right. Prints counts, and ends with 1 for faults.
 *
 *     node --experimental-transform-types bench/equalOutputs.ts --model folder [--engines native,portable,qmoe]
 *         [--prompts 200] [--tokens 24] [--threads 1] [--instructions best|avx2] [--checkpoint folder]
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { percentile, round } from "../src/cli/bench/percentile.ts";
import { openModel } from "../src/model/modelStore.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import {
	differences,
	forcedTrail,
	greedyTrail,
	type StepDifference,
} from "./engines/compareOutputs.ts";
import { engineNames, instructionChoices, nameList } from "./engines/engineNames.ts";
import { prepareLlama } from "./engines/llama/prepareLlama.ts";
import { openEngine } from "./engines/openEngine.ts";
import { sourcePrompts } from "./engines/sourcePrompts.ts";

const options = z
	.object({
		model: z.string(),
		checkpoint: z.string().optional(),
		engines: nameList(engineNames),
		prompts: z.coerce.number().int().positive(),
		tokens: z.coerce.number().int().positive(),
		threads: z.coerce.number().int().positive(),
		instructions: z.enum(instructionChoices),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string", default: join(import.meta.dirname, "../models/mote-nano") },
				checkpoint: { type: "string" },
				engines: { type: "string", default: "native,portable,qmoe" },
				prompts: { type: "string", default: "200" },
				tokens: { type: "string", default: "24" },
				threads: { type: "string", default: "1" },
				instructions: { type: "string", default: "best" },
			},
		}).values,
	);

const { tokenizerPath } = await openModel(options.model);
const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
const root = join(import.meta.dirname, "..");
const prompts = await sourcePrompts(root, tokenizer, options.prompts);
const llama =
	options.checkpoint !== undefined && options.engines.includes("llama.cpp")
		? await prepareLlama(options.checkpoint, options.instructions)
		: undefined;

const opened = [];
for (const engine of options.engines) {
	const { threads, instructions, model: modelFolder } = options;
	const { backend } = await openEngine({ engine, modelFolder, threads, instructions, llama });
	opened.push({ engine, backend, steps: new Array<StepDifference>() });
}
const [first, ...others] = opened;
if (first === undefined || others.length === 0) {
	throw new Error("give at least two engines");
}
for (const [index, prompt] of prompts.entries()) {
	process.stderr.write(`\rprompt ${index + 1} of ${prompts.length}`);
	const trail = await greedyTrail(first.backend, prompt, options.tokens);
	for (const { backend, steps } of others) {
		steps.push(...differences(trail, await forcedTrail(backend, prompt, trail.tokens)));
	}
}
process.stderr.write("\n");

let faults = 0;
for (const { engine, steps } of others) {
	const distances = steps.map(({ largestDistance }) => largestDistance);
	const kernelError = percentile(distances, 1);
	const differing = steps.filter(({ sameToken }) => !sameToken);
	faults += countBeyond(steps, kernelError).differing;
	const usualError = percentile(distances, 0.99);
	const report = {
		first: first.engine,
		second: engine,
		prompts: prompts.length,
		steps: steps.length,
		differing: differing.length,
		largestLeadWhereDiffering: round(Math.max(0, ...differing.map(({ lead }) => lead))),
		medianLogitDistance: round(percentile(distances, 0.5)),
		/** Differing steps beyond an error, and how many steps lie beyond it: those on which both must agree. */
		beyondKernelError: countBeyond(steps, kernelError),
		/** The same beyond the error that 99 % of the steps stay below: more steps, and no fault by itself. */
		beyondUsualError: countBeyond(steps, usualError),
	};
	process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}
process.exit(faults === 0 ? 0 : 1);

function countBeyond(
	steps: readonly StepDifference[],
	error: number,
): { readonly error: number; readonly steps: number; readonly differing: number } {
	const beyond = steps.filter(({ lead }) => lead > error);
	return {
		error: round(error),
		steps: beyond.length,
		differing: beyond.filter(({ sameToken }) => !sameToken).length,
	};
}
