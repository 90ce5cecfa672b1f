import { expect, test } from "vitest";
import {
	humanEvalFigures,
	humanEvalTable,
} from "../../../../src/evaluation/humanEval/humanEvalReport.ts";
import type {
	HumanEvalKind,
	HumanEvalProblem,
} from "../../../../src/evaluation/humanEval/problems.ts";
import type { ProgramEnd } from "../../../../src/evaluation/humanEval/pythonSandbox.ts";
import { runHumanEval } from "../../../../src/evaluation/humanEval/runHumanEval.ts";

function problem(task: string, solution: string): HumanEvalProblem {
	const common = {
		kind: "singleLine",
		prompt: "p ",
		suffix: " s",
		test: "t",
		entryPoint: "f",
	} as const;
	return { ...common, id: `${task}/${solution}`, task, solution };
}

const problems = [
	problem("1", "right"),
	problem("1", "other"),
	problem("2", "endless"),
	problem("2", "wrong"),
];

/** Writes "right" for everything but endless things. */
async function run() {
	const programs: string[] = [];
	const done: number[] = [];
	const results = await runHumanEval(problems, {
		answers: {
			answer: ({ solution }) => Promise.resolve(solution === "endless" ? "endless" : "right\n"),
		},
		sandbox: {
			run: (program) => {
				programs.push(program);
				const ends: ProgramEnd[] = ["passed", "passed", "stopped", "failed"];
				return Promise.resolve(ends[programs.length - 1] ?? "failed");
			},
		},
		onProgress: (count) => done.push(count),
	});
	return { results, programs, done };
}

test("every answer is put in its place and tested once", async () => {
	const { results, programs, done } = await run();
	expect(programs[0]).toBe("p right\n s\nt\ncheck(f)\n");
	expect(results.map(({ problem: { id }, end }) => `${id} ${end}`)).toEqual([
		...["1/right passed", "1/other passed", "2/endless stopped", "2/wrong failed"],
	]);
	expect(done).toEqual([1, 2, 3, 4]);
});

test("shares are over the problems, intervals over the functions that they come from", async () => {
	const { results } = await run();
	expect(humanEvalFigures(results)).toEqual({
		...{ problems: 4, stopped: 1 },
		passed: { value: 0.5, low: 0, high: 1 },
		exact: { value: 0.5, low: 0.5, high: 0.5 },
	});
	expect(humanEvalFigures([])).toEqual({ problems: 0, stopped: 0, passed: null, exact: null });
});

test.each<[HumanEvalKind, string, string, number]>([
	["randomSpan", "a ", "a", 0],
	["randomSpan", "a ", "a ", 1],
	["singleLine", "    a\n", "\n    a", 1],
	["singleLine", "    a\n", "        a\n", 0],
	["function", "    a\n    b\n", "    a\n    b\n\n", 1],
])("exact is %s %j as %j: %i", (kind, solution, answer, exact) => {
	const result = { problem: { ...problem("1", solution), kind }, answer, end: "failed" as const };
	expect(humanEvalFigures([result]).exact?.value).toBe(exact);
});

test("the report says what was enforced", async () => {
	const { results } = await run();
	const report = {
		...{ model: "m", quantization: "int4", seed: 1 },
		humanEval: { singleLine: humanEvalFigures(results) },
	};
	expect(humanEvalTable({ ...report, isolation: "namespaces" })).toMatch(
		/singleLine +4 +50\.0 % \(0\.0–100\.0\) +50\.0 % \(50\.0–50\.0\) +1\n[^]*without network/,
	);
	expect(humanEvalTable({ ...report, isolation: "pythonOnly" })).toContain("without namespaces");
});
