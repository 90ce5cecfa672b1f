/** Of logits in one pass: a vocabulary of 150,000 has 0.6 MB a row, and the runtime copies every output. */
const maxLogitsBytes = 2 ** 26;

/** What an exported graph can do in one pass. */
export interface PassRules {
	readonly vocabularySize: number;
	/** See {@link import("../../model/exportedGraph.ts").ExportedGraph}. */
	readonly logitRows: "all" | "last" | "wanted";
	/** Behind a past, one token at a time: some exports with two branches have traced the second with one token only. */
	readonly isSingleBehindPast: boolean;
}

/** A part of what a backend was asked for. */
export interface Pass {
	readonly tokens: number;
	/** Of its last tokens, how many logits are wanted. */
	readonly logitRows: number;
}

/**
 * The passes in which a graph appends `tokens` to `past` and gives the logits of the last `logitRows` of them.
 *
 * @param past Positions that are filled.
 * @returns In order; together all tokens and all rows.
 */
export function planPasses(
	past: number,
	tokens: number,
	logitRows: number,
	rules: PassRules,
): readonly Pass[] {
	const most =
		rules.logitRows === "all"
			? Math.max(1, Math.floor(maxLogitsBytes / (4 * rules.vocabularySize)))
			: tokens;
	const firstWanted = tokens - logitRows;
	const passes: Pass[] = [];
	for (let done = 0; done < tokens;) {
		const isSingle = rules.isSingleBehindPast && past + done > 0;
		// Where only the last row is given, those that are wanted come one by one.
		const end =
			rules.logitRows !== "last"
				? tokens
				: done < firstWanted
					? firstWanted
					: Math.min(tokens, done + 1);
		const count = isSingle ? 1 : Math.min(most, end - done);
		passes.push({
			tokens: count,
			logitRows: Math.max(0, Math.min(count, done + count - firstWanted)),
		});
		done += count;
	}
	return passes;
}
