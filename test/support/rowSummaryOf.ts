import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import type { RowSummary } from "../../src/tokenizer/rowSummary.ts";

/** What a backend that knows would say about a row, in the plainest way. */
export function rowSummaryOf(logits: Float32Array): RowSummary {
	const bestLogit = Math.max(...logits);
	const sum = logits.reduce((total, logit) => total + Math.exp(logit - bestLogit), 0);
	return {
		best: tokenAt(Math.max(0, logits.indexOf(bestLogit))),
		bestLogit,
		logSum: bestLogit + Math.log(sum),
	};
}
