import type { TokenId } from "./tokenizer.ts";

/** What most choices of a token need of a row of logits, computed by whoever made the row. */
export interface RowSummary {
	/** The token with the largest logit, the lowest id among equals. */
	readonly best: TokenId;
	/** Its logit; not a number where any logit is none. */
	readonly bestLogit: number;
	/** Natural logarithm of Σ exp(logit); not a number where any logit is none. */
	readonly logSum: number;
}
