/**
 * Token healing. The cursor may stand inside what would have been one token in a finished file: after
 * `con`, the model has hardly ever seen the token `con` followed by `sole`, because `console` is a token.
 * So the end of the prefix is cut off where a longer token may start, and the model writes it again under
 * the constraint that its tokens agree with the bytes that were cut off.
 */

import { assert } from "../base/assert.ts";
import type { TokenId } from "./tokenizer.ts";
import { bytesToKey, type VocabularyIndex } from "./vocabularyIndex.ts";

export interface HealingSplit {
	/** The tokens that stay in the prompt. */
	readonly kept: readonly TokenId[];
	/** The bytes of the tokens cut off: the answer has to begin with them. */
	readonly healBytes: Uint8Array;
}

/**
 * Bounds what is cut off, and so how much the model has to write again. A longer token nearly always
 * starts within the last two tokens; the rest is for runs of tiny ones.
 */
export const maxHealedTokens = 4;

/**
 * Cuts `prefix`, the tokens of the text before the cursor, at the earliest token boundary from which the
 * text up to the cursor is the beginning of some longer token. Special tokens are never cut off.
 *
 * While a user types forward the kept tokens mostly stay as they were: what a further character can merge
 * with is what was cut off. The KV cache of the kept tokens is then reused.
 */
export function healingSplit(index: VocabularyIndex, prefix: readonly TokenId[]): HealingSplit {
	let healedTokens = 0;
	let healKey = "";
	let key = "";
	for (let count = 1; count <= Math.min(maxHealedTokens, prefix.length); count++) {
		const token = prefix[prefix.length - count];
		const tokenKey = token === undefined ? "" : index.keyOf(token);
		if (tokenKey.length === 0) {
			break;
		}
		key = tokenKey + key;
		if (index.isProperPrefix(key)) {
			healedTokens = count;
			healKey = key;
		}
	}
	return {
		kept: prefix.slice(0, prefix.length - healedTokens),
		healBytes: keyToBytes(healKey),
	};
}

/**
 * Which tokens may come next while bytes are left to heal. Immutable, so that a draft can be checked ahead
 * and thrown away. After the last heal byte everything is allowed: ask {@link isSatisfied} first.
 */
export class HealingConstraint {
	readonly #index: VocabularyIndex;
	readonly #remaining: string;

	private constructor(index: VocabularyIndex, remaining: string) {
		this.#index = index;
		this.#remaining = remaining;
	}

	static forBytes(index: VocabularyIndex, healBytes: Uint8Array): HealingConstraint {
		return new HealingConstraint(index, bytesToKey(healBytes));
	}

	/** No bytes are left: every token is allowed from here on. */
	get isSatisfied(): boolean {
		return this.#remaining.length === 0;
	}

	/** Whether `token` agrees with the remaining bytes. A special token never does. */
	allows(token: TokenId): boolean {
		const key = this.#index.keyOf(token);
		return (
			this.isSatisfied ||
			(key.length > 0 && (this.#remaining.startsWith(key) || key.startsWith(this.#remaining)))
		);
	}

	/** Whether `token`, which must be allowed, writes some of the remaining bytes and nothing else. */
	isOnlyHealed(token: TokenId): boolean {
		return !this.isSatisfied && this.#index.keyOf(token).length <= this.#remaining.length;
	}

	/**
	 * All tokens that agree with the remaining bytes: those that are a beginning of them and those that
	 * have them as their beginning. Not for a satisfied constraint. Empty when the vocabulary can't write
	 * the bytes.
	 */
	allowedTokens(): readonly TokenId[] {
		assert(!this.isSatisfied, "a satisfied healing constraint allows every token");
		const within: TokenId[] = [];
		for (let length = 1; length < this.#remaining.length; length++) {
			const token = this.#index.tokenOf(this.#remaining.slice(0, length));
			if (token !== undefined) {
				within.push(token);
			}
		}
		return [...within, ...this.#index.tokensWithPrefix(this.#remaining)];
	}

	/** The constraint after `token`, which must be allowed. */
	after(token: TokenId): HealingConstraint {
		assert(this.allows(token), "the token contradicts the bytes to heal");
		if (this.isSatisfied) {
			return this;
		}
		const { length } = this.#index.keyOf(token);
		return new HealingConstraint(this.#index, this.#remaining.slice(length));
	}
}

function keyToBytes(key: string): Uint8Array {
	return Uint8Array.from(key, (char) => char.charCodeAt(0));
}
