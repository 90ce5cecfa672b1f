import { assert } from "../base/assert.ts";

declare const tokenIdBrand: unique symbol;

/** Index into one model's vocabulary. Branded, so that a text offset can't be passed as a token. */
export type TokenId = number & { readonly [tokenIdBrand]: true };

/** The token that `index`, a column of a logits row, stands for. */
export function tokenAt(index: number): TokenId {
	assert(Number.isInteger(index) && index >= 0, `no token has the id ${index}`);
	return index as TokenId;
}
