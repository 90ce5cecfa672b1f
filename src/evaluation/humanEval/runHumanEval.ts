import type { HumanEvalAnswers } from "./answers.ts";
import type { HumanEvalResult } from "./humanEvalReport.ts";
import { programOf, type HumanEvalProblem } from "./problems.ts";
import type { PythonSandbox } from "./pythonSandbox.ts";

/** Answers every problem once and tests the answers, each while the model writes the next one. */
export async function runHumanEval(
	problems: readonly HumanEvalProblem[],
	parts: {
		readonly answers: Pick<HumanEvalAnswers, "answer">;
		readonly sandbox: Pick<PythonSandbox, "run">;
		readonly onProgress: (done: number) => void;
	},
): Promise<readonly HumanEvalResult[]> {
	const { answers, sandbox, onProgress } = parts;
	const results: HumanEvalResult[] = [];
	let testing: Promise<HumanEvalResult> | undefined;
	const conclude = async (): Promise<void> => {
		if (testing !== undefined) {
			results.push(await testing);
			onProgress(results.length);
		}
	};
	for (const problem of problems) {
		const answer = await answers.answer(problem);
		await conclude();
		testing = sandbox.run(programOf(problem, answer)).then((end) => ({ problem, answer, end }));
	}
	await conclude();
	return results;
}
