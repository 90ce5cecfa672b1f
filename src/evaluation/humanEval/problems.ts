import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import * as z from "zod";
import { UserError } from "../../base/userError.ts";
import { randomStream } from "../sampling.ts";

export const humanEvalKinds = ["function", "singleLine", "randomSpan"] as const;
export type HumanEvalKind = (typeof humanEvalKinds)[number];

/** The published files, as they are. */
const files: Readonly<Record<HumanEvalKind, string>> = {
	function: "HumanEval.jsonl.gz",
	singleLine: "HumanEval-SingleLineInfilling.jsonl.gz",
	randomSpan: "HumanEval-RandomSpanInfilling.jsonl.gz",
};

/** Ten times what the largest of them holds. */
const maxTextBytes = 32 * 2 ** 20;

export interface HumanEvalProblem {
	readonly kind: HumanEvalKind;
	readonly id: string;
	/** Of the function that it is about, which lines and spans are taken from: `HumanEval/12`. */
	readonly task: string;
	readonly prompt: string;
	/** Empty where the whole function is to be written. */
	readonly suffix: string;
	readonly solution: string;
	/** Python that defines `check(candidate)`. */
	readonly test: string;
	/** Name of the function that is checked. */
	readonly entryPoint: string;
}

const text = z.string().max(65_536);
const recordSchema = z.object({
	task_id: z.string().max(200),
	prompt: text,
	suffix: text.default(""),
	canonical_solution: text,
	test: text,
	// Becomes part of a program.
	entry_point: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
});

/** Reads one of the published files. Throws a UserError "problemsInvalid". */
export async function readProblems(
	folder: string,
	kind: HumanEvalKind,
): Promise<readonly HumanEvalProblem[]> {
	const path = join(folder, files[kind]);
	try {
		const unpacked = await promisify(gunzip)(await readFile(path), {
			maxOutputLength: maxTextBytes,
		});
		return unpacked
			.toString("utf8")
			.split("\n")
			.filter((line) => line !== "")
			.map((line) => problemOf(kind, recordSchema.parse(JSON.parse(line))));
	} catch (cause) {
		throw new UserError(
			"problemsInvalid",
			`The problems in ${path} can't be read; take the file as OpenAI has published it.`,
			{ cause },
		);
	}
}

function problemOf(kind: HumanEvalKind, record: z.infer<typeof recordSchema>): HumanEvalProblem {
	const { task_id: id, prompt, suffix, canonical_solution: solution, test } = record;
	const task = /HumanEval\/\d+/.exec(id)?.[0] ?? id;
	return { kind, id, task, prompt, suffix, solution, test, entryPoint: record.entry_point };
}

/** `count` of `problems` by chance, in their order; all when there are no more. The same for the same seed. */
export function sampleProblems(
	problems: readonly HumanEvalProblem[],
	count: number,
	seed: number,
): readonly HumanEvalProblem[] {
	const ranked = problems.map((problem) => ({ problem, rank: randomStream(seed, problem.id)() }));
	const chosen = new Set(
		ranked
			.sort((a, b) => a.rank - b.rank)
			.slice(0, count)
			.map(({ problem }) => problem),
	);
	return problems.filter((problem) => chosen.has(problem));
}

/** The program that passes when the function that `answer` is a part of does what the problem says, as published. */
export function programOf(problem: HumanEvalProblem, answer: string): string {
	const { prompt, suffix, test, entryPoint } = problem;
	return `${prompt}${answer}${suffix}\n${test}\ncheck(${entryPoint})\n`;
}
