import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { VocabularyIndex } from "../../tokenizer/vocabularyIndex.ts";

/** What one distribution says about texts that begin as the chosen token does. Bytes are one character each. */
export interface TokenSpread {
	/** Of the chosen token; empty for a special one. */
	readonly key: string;
	/** Its own probability, in (0, 1]. */
	readonly probability: number;
	/** For k from 1 to the length of `key`, that of all tokens together that begin with its first k bytes. Never rises. */
	readonly shares: readonly number[];
	/** The tokens that begin with it and go on, by what follows it. */
	readonly longer: readonly LongerToken[];
}

export interface LongerToken {
	readonly rest: string;
	readonly probability: number;
}

/** Tokens that are less likely than this are counted in the shares, and not followed any further. */
const minFollowed = 1e-3;

/**
 * Looks at the tokens that begin with the same byte as the chosen one: a few hundred.
 *
 * @param probability Of `chosen`.
 * @param weightOf Proportional to the probabilities.
 * @param allowed When given, only these tokens count.
 */
export function tokenSpread(
	vocabulary: VocabularyIndex,
	chosen: TokenId,
	probability: number,
	weightOf: (id: TokenId) => number,
	allowed: readonly TokenId[] | undefined,
): TokenSpread {
	const key = vocabulary.keyOf(chosen);
	if (key === "") {
		return { key, probability, shares: [], longer: [] };
	}
	const weight = weightOf(chosen);
	// Weights that are too small for a number say nothing about the others.
	const scale = weight > 0 ? probability / weight : 0;
	/** By how many bytes they have in common with the chosen token. */
	const common = new Float64Array(key.length + 1);
	const longer: LongerToken[] = [];
	for (const id of allowed ?? vocabulary.tokensWithPrefix(key.charAt(0))) {
		const other = id === chosen ? key : vocabulary.keyOf(id);
		const length = commonLength(key, other);
		if (length === 0) {
			continue;
		}
		const share = id === chosen ? probability : weightOf(id) * scale;
		common[length] = (common[length] ?? 0) + share;
		if (length === key.length && other.length > length && share >= minFollowed) {
			longer.push({ rest: other.slice(length), probability: share });
		}
	}
	const shares: number[] = [];
	let sum = 0;
	for (let length = key.length; length > 0; length--) {
		sum += common[length] ?? 0;
		shares.unshift(Math.min(1, sum));
	}
	return { key, probability, shares, longer };
}

function commonLength(a: string, b: string): number {
	const longest = Math.min(a.length, b.length);
	let length = 0;
	while (length < longest && a.charCodeAt(length) === b.charCodeAt(length)) {
		length++;
	}
	return length;
}
