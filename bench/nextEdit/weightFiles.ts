import { judgeWeightNames } from "../../src/nextEdit/judge/judgeGate.ts";
import { featureNames } from "../../src/nextEdit/features.ts";

/** The file that keeps the weights. */
export function gateFile(weights: readonly number[]): string {
	const rows = featureNames.map((name, i) => {
		const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
		return `\t${key}: ${Number((weights[i] ?? 0).toFixed(3))},`;
	});
	const today = new Date().toISOString().slice(0, 10);
	return `import type { GateWeights } from "./gate.ts";

/**
 * Fitted on ${today} by bench/nextEditGate.ts to 310 cases from public commits of expressjs/express, reduxjs/redux-toolkit, urfave/cli,
 * vercel/swr, pallets/flask, encode/starlette and sharkdp/fd, and to 420 of this repository's history, each at several steps of its commit.
 * What they are worth on repositories that they were not fitted on: bench/results.
 */
export const gateWeights: GateWeights = {
${rows.join("\n")}
};
`;
}

/** The file that keeps those of the judge. */
export function judgeFile(weights: readonly number[]): string {
	const rows = judgeWeightNames.map(
		(name, i) => `\t${name}: ${Number((weights[i] ?? 0).toFixed(3))},`,
	);
	const today = new Date().toISOString().slice(0, 10);
	return `import type { JudgeWeights } from "./judgeGate.ts";

/** Fitted on ${today} by bench/nextEditGate.ts to verdicts of mote-base on cases that the gate was fitted to: bench/results says which. */
export const judgeWeights: JudgeWeights = {
${rows.join("\n")}
};
`;
}
