/**
 * Puts what bench/gpu/session.sh has found so far into one file of JSON and one of Markdown.
 *
 *     node --experimental-transform-types bench/gpu/report.ts parts out
 *
 * `parts`: a folder with what each step has written; `out`: a folder for gpu.json and gpu.md.
 */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { asMarkdown, type GpuFindings, type SessionStep } from "./gpuReport.ts";

const figuresSchema = z.record(z.string(), z.unknown());
const measurementSchema = z.looseObject({
	model: z.string(),
	results: z.record(z.string(), figuresSchema),
});

const [parts, out] = z
	.tuple([z.string(), z.string()])
	.parse(parseArgs({ allowPositionals: true }).positionals);

const findings = await findingsOf(parts);
await writeFile(join(out, "gpu.json"), `${JSON.stringify(findings, undefined, 2)}\n`);
await writeFile(join(out, "gpu.md"), asMarkdown(findings));

async function findingsOf(folder: string): Promise<GpuFindings> {
	const measurements: z.infer<typeof measurementSchema>[] = [];
	const bench: Record<string, z.infer<typeof figuresSchema>> = {};
	for (const file of (await readdir(folder)).filter((name) => name.endsWith(".json")).sort()) {
		const json: unknown = JSON.parse(await textOf(join(folder, file)));
		const [, setting] = /^bench-([a-z]+)-\w+\.json$/.exec(file) ?? [];
		if (setting === undefined) {
			measurements.push(measurementSchema.parse(json));
		} else {
			bench[setting] = { ...bench[setting], ...figuresSchema.parse(json) };
		}
	}
	return {
		date: new Date().toISOString().slice(0, 10),
		machine: await linesOf(join(folder, "machine.txt")),
		measurements,
		bench,
		steps: (await linesOf(join(folder, "steps.tsv"))).map(stepOf),
	};
}

/** None where there is no such file yet. */
async function linesOf(path: string): Promise<readonly string[]> {
	const text = await textOf(path).catch(() => "");
	return text.split("\n").filter((line) => line !== "");
}

/** Without the folder that all lies in: where that is on a lent machine means nothing to anybody else. */
async function textOf(path: string): Promise<string> {
	const text = await readFile(path, "utf8");
	return text.replaceAll(join(dirname(resolve(parts)), "/"), "");
}

function stepOf(line: string): SessionStep {
	const [name = "", seconds = "", state = "", ...detail] = line.split("\t");
	return { name, seconds: Number(seconds), state, detail: detail.join(" ") };
}
