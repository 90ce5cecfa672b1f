/** What a part of the context is worth for the cursor's place. */
export interface PartValue {
	/** Expected names, by the estimate for this place. */
	readonly gain: number;
	readonly tokens: number;
}

/**
 * Whether a part of the prompt stays or the new best takes its place.
 *
 * The rule: the previous part is kept as long as it still fits the budget and is worth at least `keepShare` of
 * what the new one would be. A part that is replaced makes the engine read it, and all that stands behind it,
 * again; so the new one has to be clearly better, not just better. Equal parts are kept. There is no memory
 * beside the part itself, so the same place and text always decide the same.
 */
export function keepOrReplace(
	previous: PartValue,
	next: Pick<PartValue, "gain">,
	{ budgetTokens, keepShare }: { readonly budgetTokens: number; readonly keepShare: number },
): "keep" | "replace" {
	const fits = previous.tokens <= budgetTokens;
	return fits && previous.gain >= keepShare * next.gain ? "keep" : "replace";
}
