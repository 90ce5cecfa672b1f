/**
 * Whether the graphs for GPUs, and the providers that run here, compute what the ordinary graph computes: logits of the last
 * tokens of real prompts, against the processor's with the same arithmetic. A row counts as wrong where its likeliest token is
 * another one although the two likeliest differ by more than the tolerance. Prints a report, and ends with 1 where a row is wrong.
 *
 *     node --experimental-transform-types bench/gpuAgreement.ts [--model folder] [--forms dense,half,webgpu]
 *         [--prompts 200] [--tokens 96] [--tolerance 0.02]
 *
 * `dense` and `half` run on the processor's provider. Without a graphics card `webgpu` runs on SwiftShader, which Debian's
 * chromium-common has: VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json LD_LIBRARY_PATH=/usr/lib/chromium.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { assert } from "../src/base/assert.ts";
import { openDeviceBackend } from "../src/engine/ort/deviceBackend.ts";
import { openOrtBackend } from "../src/engine/ort/ortBackend.ts";
import { openModel } from "../src/model/modelStore.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import type { TokenId } from "../src/tokenizer/tokenizer.ts";
import { DeviceGraphRunner } from "../test/support/deviceGraphRunner.ts";
import { nameList } from "./engines/engineNames.ts";
import { sourcePrompts } from "./engines/sourcePrompts.ts";
import { exactGraph } from "./gpu/exactGraph.ts";
import {
	addAgreements,
	logitAgreement,
	noRows,
	type LogitAgreement,
} from "./gpu/logitAgreement.ts";
import { comparedRowsOf, promptRows } from "./gpu/promptRows.ts";

const forms = ["dense", "half", "webgpu"] as const;
type Form = (typeof forms)[number];

const options = z
	.object({
		model: z.string(),
		forms: nameList(forms),
		prompts: z.coerce.number().int().positive(),
		tokens: z.coerce.number().int().min(16),
		tolerance: z.coerce.number().positive(),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string", default: join(import.meta.dirname, "../models/mote-nano") },
				forms: { type: "string", default: "dense,half" },
				prompts: { type: "string", default: "200" },
				tokens: { type: "string", default: "96" },
				tolerance: { type: "string", default: "0.02" },
			},
		}).values,
	);

type Rows = (prompt: readonly TokenId[]) => Promise<readonly Float32Array[]>;

const model = await openModel(options.model);
const { manifest, denseGraphPath } = model;
assert(denseGraphPath !== undefined, "the model was imported with graphs for GPUs");

async function openRows(form: Form, graphPath: string): Promise<Rows> {
	if (form === "half") {
		const runner = await DeviceGraphRunner.load(options.model, "half");
		return async (prompt) => {
			runner.rewindTo(0);
			return await comparedRowsOf(
				prompt,
				async (tokens, rows) => (await runner.run(tokens, rows)).logits,
			);
		};
	}
	const provider = form === "dense" ? "cpu" : form;
	const backend = await openDeviceBackend({ graphPath, manifest, threads: 1, provider });
	return (prompt) => promptRows(backend, prompt);
}

const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
const root = join(import.meta.dirname, "..");
const prompts = (await sourcePrompts(root, tokenizer, options.prompts)).map((prompt) =>
	prompt.slice(-options.tokens),
);
await using exact = await exactGraph(model);
const reference = await openOrtBackend({ graphPath: exact.path, manifest, threads: 1 });
const opened = [];
for (const form of options.forms) {
	opened.push({ form, rows: await openRows(form, denseGraphPath), sum: noRows });
}
for (const [index, prompt] of prompts.entries()) {
	process.stderr.write(`\rprompt ${index + 1} of ${prompts.length}`);
	const expected = await promptRows(reference, prompt);
	for (const each of opened) {
		const agreement = logitAgreement(await each.rows(prompt), expected, options.tolerance);
		each.sum = addAgreements(each.sum, agreement);
	}
}
process.stderr.write("\n");

const report = {
	model: manifest.name,
	prompts: prompts.length,
	promptTokens: prompts.reduce((sum, { length }) => sum + length, 0),
	tolerance: options.tolerance,
	agreement: Object.fromEntries(opened.map(({ form, sum }): [Form, LogitAgreement] => [form, sum])),
};
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = opened.every(({ sum }) => sum.wrongBest === 0) ? 0 : 1;
