import type { GenerateStats } from "../engine/engine.ts";

export interface DraftFigures {
	/** Share of the drafted tokens that the model accepted, in [0, 1]; null when none was drafted. */
	readonly acceptance: number | null;
	/**
	 * Tokens that a forward pass after prefill yields, 1 without drafts; null when there was none. Counts
	 * passes without a draft too: the engine drafts only where that promises to pay.
	 */
	readonly tokensPerPass: number | null;
	readonly draftedTokens: number;
}

export function draftFigures(answers: readonly GenerateStats[]): DraftFigures {
	const sum = (field: (stats: GenerateStats) => number): number =>
		answers.reduce((total, stats) => total + field(stats), 0);
	const drafted = sum(({ draftedTokens }) => draftedTokens);
	const passes = sum(({ decodePasses }) => decodePasses);
	// An answer's first token comes from the last pass of prefill.
	const decoded = sum(({ generatedTokens }) => Math.max(0, generatedTokens - 1));
	return {
		acceptance: drafted === 0 ? null : sum(({ acceptedTokens }) => acceptedTokens) / drafted,
		tokensPerPass: passes === 0 ? null : decoded / passes,
		draftedTokens: drafted,
	};
}
