import type { TokenId } from "../../tokenizer/tokenizer.ts";

export interface Verdict<Choice> {
	/** How many leading draft tokens are the model's own choice too. */
	readonly accepted: number;
	/**
	 * The accepted tokens, then one more: the model's correction of the first rejected token, or its bonus
	 * token after a draft that was accepted whole. So always `accepted + 1`.
	 */
	readonly tokens: readonly Choice[];
}

/**
 * Checks a draft against the model: row `i` of one forward pass predicts the token after the first `i`
 * draft tokens. The rows are read in order and only up to the first disagreement, since the rows behind
 * it continue a text that the model did not write.
 *
 * `chooseAt` gives the model's choice for a row. It has to choose as plain decoding would at the same
 * place; then the tokens are those of plain decoding whatever the draft says. That is exact as far as a
 * row's logits don't depend on how many rows ran with it; in a real runtime their last bits do, so where
 * two tokens are equally likely to within rounding, either may come out.
 */
export function verify<Choice extends { readonly id: TokenId }>(
	draft: readonly TokenId[],
	chooseAt: (row: number) => Choice,
): Verdict<Choice> {
	const tokens: Choice[] = [];
	let accepted = 0;
	for (;;) {
		const choice = chooseAt(accepted);
		tokens.push(choice);
		if (draft[accepted] !== choice.id) {
			return { accepted, tokens };
		}
		accepted++;
	}
}
