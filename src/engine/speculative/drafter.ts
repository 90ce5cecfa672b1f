import type { TokenId } from "../../tokenizer/tokenizer.ts";

/** Tokens that may come next. Empty means no guess: the engine runs a plain decode step. */
export interface Draft {
	readonly tokens: readonly TokenId[];
	/** How well founded the guess is; drafts of one strength are expected to be accepted equally often. */
	readonly strength: DraftStrength;
}

export type DraftStrength = "weak" | "fair" | "strong";

export const noDraft: Draft = { tokens: [], strength: "weak" };

/**
 * Guesses the next tokens of one sequence cheaply. Wrong guesses cost time, never correctness: every
 * drafted token is checked against the model's own choice.
 */
export interface Drafter {
	/**
	 * At most `maxTokens` (≥ 1) tokens to follow `sequence`: the prompt and all tokens that are final. From
	 * call to call `sequence` only grows, so a drafter may keep what it learned from it.
	 */
	propose(sequence: readonly TokenId[], maxTokens: number): Promise<Draft>;
}
