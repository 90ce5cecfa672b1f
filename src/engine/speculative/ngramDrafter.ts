import type { TokenId } from "../../tokenizer/tokenizer.ts";
import { noDraft, type Draft, type Drafter, type DraftStrength } from "./drafter.ts";

/** Shortest suffix worth following. A single token recurs everywhere and predicts nothing. */
const minMatchTokens = 2;
/** Where comparing stops: a longer match is no better evidence. */
const maxMatchTokens = 16;
/** Most earlier places looked at for one draft, newest first; bounds the time of a proposal. */
const maxPlaces = 32;
/** A power of two. Places whose hashes collide share a chain, which costs comparisons only. */
const buckets = 4096;

/**
 * Drafts by lookup: finds the longest earlier occurrence of the last tokens, the newest one among equals,
 * and proposes what followed it there. Code repeats itself, and a prompt holds the code around the cursor.
 *
 * The index is LZ77's hash chain. Each place (the position after a pair of tokens) is linked to the last
 * place before it with the same hash; 4 bytes a token, one table of 16 KiB. It is built on the first
 * proposal, so that the first token does not wait for it, and follows the sequence from there on.
 */
export class NgramDrafter implements Drafter {
	/** The newest place of each bucket, or −1. */
	readonly #newest = new Int32Array(buckets).fill(-1);
	/** For each place the next older one of the same bucket, or −1. */
	#older = new Int32Array(0);
	/** Places below this are linked. */
	#indexed = 0;

	propose(sequence: readonly TokenId[], maxTokens: number): Promise<Draft> {
		this.#index(sequence);
		const match = this.#longestMatch(sequence);
		if (match === undefined) {
			return Promise.resolve(noDraft);
		}
		const period = sequence.length - match.place;
		const tokens: TokenId[] = [];
		for (let i = 0; i < maxTokens; i++) {
			// Past the end the draft continues itself: a match that overlaps the end is a repetition.
			const next = sequence[match.place + (i % period)];
			if (next !== undefined) {
				tokens.push(next);
			}
		}
		return Promise.resolve({ tokens, strength: strengthOf(match.length) });
	}

	/** Links every place before the end; the end itself has nothing after it to propose. */
	#index(sequence: readonly TokenId[]): void {
		if (this.#older.length < sequence.length) {
			const grown = new Int32Array(sequence.length * 2);
			grown.set(this.#older);
			this.#older = grown;
		}
		for (let place = Math.max(this.#indexed, minMatchTokens); place < sequence.length; place++) {
			const bucket = bucketAt(sequence, place);
			this.#older[place] = this.#newest[bucket] ?? -1;
			this.#newest[bucket] = place;
		}
		this.#indexed = sequence.length;
	}

	#longestMatch(sequence: readonly TokenId[]): { place: number; length: number } | undefined {
		if (sequence.length < minMatchTokens) {
			return undefined;
		}
		let best: { place: number; length: number } | undefined;
		let place = this.#newest[bucketAt(sequence, sequence.length)] ?? -1;
		for (let looked = 0; looked < maxPlaces && place !== -1; looked++) {
			const length = commonSuffixLength(sequence, place);
			if (length >= minMatchTokens && length > (best?.length ?? 0)) {
				best = { place, length };
			}
			if (length === maxMatchTokens) {
				break;
			}
			place = this.#older[place] ?? -1;
		}
		return best;
	}
}

function strengthOf(matchTokens: number): DraftStrength {
	if (matchTokens >= 8) {
		return "strong";
	}
	return matchTokens >= 4 ? "fair" : "weak";
}

/** Hash of the two tokens before `place`, by Knuth's multiplicative constants. */
function bucketAt(sequence: readonly TokenId[], place: number): number {
	const hash =
		Math.imul(sequence[place - 1] ?? 0, 0x9e37_79b1) ^
		Math.imul(sequence[place - 2] ?? 0, 0x85eb_ca77);
	return (hash >>> 16) & (buckets - 1);
}

/** How many tokens before `place` equal those before the end. */
function commonSuffixLength(sequence: readonly TokenId[], place: number): number {
	const limit = Math.min(place, maxMatchTokens);
	let length = 0;
	while (
		length < limit &&
		sequence[place - 1 - length] === sequence[sequence.length - 1 - length]
	) {
		length++;
	}
	return length;
}
