import { groupBy } from "../../base/groupBy.ts";
import { bootstrap, type Estimate } from "../bootstrap.ts";
import { textTable } from "../textTable.ts";
import type { HumanEvalKind, HumanEvalProblem } from "./problems.ts";
import type { Isolation, ProgramEnd } from "./pythonSandbox.ts";

/** What the words of the report mean; printed with it. */
export const humanEvalDefinitions = `function    HumanEval: the body of a function after its signature and docstring, written on as a file, until other code begins
            at the margin; a model that was trained with paths is told solution.py
singleLine  HumanEval-infilling: one line of a solution between the lines before and after; of the answer, the first line that
            is not blank
randomSpan  HumanEval-infilling: a span of a solution from any character to any other; until the model ends it
passed      one greedy answer each (pass@1): the problem's own tests hold in a python3 process of its own
exact       the answer is the published solution, with its indentation; but for blank lines around it, where it is lines
stopped     ended by the limits of time
±           95 % interval: percentile bootstrap over the 164 functions, which lines and spans are taken from
`;

export interface HumanEvalResult {
	readonly problem: HumanEvalProblem;
	readonly answer: string;
	readonly end: ProgramEnd;
}

/** Shares are in [0, 1]. */
export interface HumanEvalFigures {
	readonly problems: number;
	readonly passed: Estimate | null;
	readonly exact: Estimate | null;
	/** Programs that took too long. */
	readonly stopped: number;
}

export interface HumanEvalReport {
	readonly model: string;
	readonly quantization: string;
	readonly seed: number;
	/** What kept the programs from the network and from other processes. */
	readonly isolation: Isolation;
	readonly humanEval: Partial<Record<HumanEvalKind, HumanEvalFigures>>;
}

export function humanEvalFigures(results: readonly HumanEvalResult[]): HumanEvalFigures {
	const byTask = [...groupBy(results, ({ problem }) => problem.task).values()];
	const share = (isCounted: (result: HumanEvalResult) => boolean): Estimate | null =>
		bootstrap(byTask, (tasks) => {
			const all = tasks.flat();
			return all.length === 0 ? undefined : all.filter(isCounted).length / all.length;
		}) ?? null;
	return {
		problems: results.length,
		passed: share(({ end }) => end === "passed"),
		exact: share(isExact),
		stopped: results.filter(({ end }) => end === "stopped").length,
	};
}

/** In the middle of a line its spaces count too. */
function isExact({ problem: { kind, solution }, answer }: HumanEvalResult): boolean {
	return kind === "randomSpan" ? answer === solution : linesIn(answer) === linesIn(solution);
}

/** Without blank lines before and after. Python's indentation is part of what a line says. */
function linesIn(text: string): string {
	return text.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
}

const isolationSentences: Readonly<Record<Isolation, string>> = {
	namespaces: "Programs ran without network and in a process namespace of their own.",
	pythonOnly:
		"Programs ran without namespaces, which this system doesn't allow: Python alone refused them sockets and processes.",
};

export function humanEvalTable(report: HumanEvalReport): string {
	const { model, quantization, seed, humanEval, isolation } = report;
	const rows = Object.entries(humanEval).map(([kind, { problems, passed, exact, stopped }]) => [
		kind,
		String(problems),
		percents(passed),
		percents(exact),
		String(stopped),
	]);
	const sections = [
		[`${model}, ${quantization}, seed ${seed}`],
		textTable([["HumanEval", "problems", "passed", "exact", "stopped"], ...rows]),
		[isolationSentences[isolation]],
		[humanEvalDefinitions.trimEnd()],
	];
	return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function percents(estimate: Estimate | null): string {
	if (estimate === null) {
		return "–";
	}
	const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((share) =>
		(100 * share).toFixed(1),
	);
	return `${value ?? ""} % (${low ?? ""}–${high ?? ""})`;
}
