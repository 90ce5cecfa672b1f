/** Answers whose probability lies in [from, to). */
export interface ReliabilityBin {
	readonly from: number;
	readonly to: number;
	readonly answers: number;
	/** Mean probability of the answers, in (0, 1]; null for none. */
	readonly meanProbability: number | null;
	/** Share of the answers that were right, in [0, 1]; null for none. */
	readonly right: number | null;
}

interface Judged {
	/** In (0, 1]. */
	readonly probability: number;
	readonly isRight: boolean;
}

const bins = 10;

/** How far a probability can be taken at its word: by tenths, the last with its end. */
export function reliabilityOf(answers: readonly Judged[]): readonly ReliabilityBin[] {
	return Array.from({ length: bins }, (_, bin) => {
		const inBin = answers.filter(
			({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)) === bin,
		);
		const mean = (valueOf: (answer: Judged) => number): number | null =>
			inBin.length === 0
				? null
				: inBin.reduce((sum, answer) => sum + valueOf(answer), 0) / inBin.length;
		return {
			from: bin / bins,
			to: (bin + 1) / bins,
			answers: inBin.length,
			meanProbability: mean(({ probability }) => probability),
			right: mean(({ isRight }) => (isRight ? 1 : 0)),
		};
	});
}
