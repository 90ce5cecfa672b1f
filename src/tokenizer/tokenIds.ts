import { assert } from "../base/assert.ts";
import type { TokenId } from "./tokenizer.ts";

/** The token that `index`, a column of a logits row, stands for. */
export function tokenAt(index: number): TokenId {
	assert(Number.isInteger(index) && index >= 0, `no token has the id ${index}`);
	return index as TokenId;
}
