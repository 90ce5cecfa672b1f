import type { TokenId } from "../tokenizer/tokenizer.ts";
import { Matches, TokenStack } from "./liveTextStack.ts";
import type { NgramCounts } from "./ngramCounts.ts";
import type { SortedSuccessors } from "./ngramIndexQuery.ts";
import { checkedToken } from "./ngramSegmentBuild.ts";
import { maxOrder } from "./ngramSegmentOrder.ts";
import { DenseTally, type SortedCounts } from "./ngramTally.ts";

/**
 * The n-grams of the file at hand: of the text before the cursor and of the text after it, and none that
 * reach from one into the other, since what belongs between them is what is to be guessed.
 *
 * It follows the file from keystroke to keystroke: only tokens that differ are dropped and pushed. A query
 * walks through the places of the last token; what follows a single token is remembered until the next
 * change, because those walks are the long ones.
 */
export class LiveText implements NgramCounts {
	readonly #vocabularySize: number;
	readonly #before: TokenStack;
	/** In reverse: its end is the text right after the cursor. */
	readonly #after: TokenStack;
	readonly #tally: DenseTally;
	readonly #matches = new Matches();
	readonly #afterOneToken = new Map<TokenId, SortedCounts>();

	constructor(vocabularySize: number) {
		this.#vocabularySize = vocabularySize;
		this.#before = new TokenStack(vocabularySize, 1);
		this.#after = new TokenStack(vocabularySize, -1);
		this.#tally = new DenseTally(vocabularySize);
	}

	get byteLength(): number {
		let bytes = this.#before.byteLength + this.#after.byteLength + this.#tally.byteLength;
		for (const { ids, counts } of this.#afterOneToken.values()) {
			bytes += ids.buffer.byteLength + counts.buffer.byteLength;
		}
		return bytes;
	}

	/** Counts this text from now on. Tokens are in [0, vocabularySize). */
	update(before: ArrayLike<number>, after: ArrayLike<number>): void {
		let kept = 0;
		const shortest = Math.min(before.length, this.#before.length);
		while (kept < shortest && before[kept] === this.#before.at(kept)) {
			kept++;
		}
		let changed = kept < this.#before.length || kept < before.length;
		this.#before.truncate(kept);
		for (let i = kept; i < before.length; i++) {
			this.#before.push(checkedToken(before[i], this.#vocabularySize));
		}
		const last = after.length - 1;
		const shortestAfter = Math.min(after.length, this.#after.length);
		kept = 0;
		while (kept < shortestAfter && after[last - kept] === this.#after.at(kept)) {
			kept++;
		}
		changed ||= kept < this.#after.length || kept < after.length;
		this.#after.truncate(kept);
		for (let i = last - kept; i >= 0; i--) {
			this.#after.push(checkedToken(after[i], this.#vocabularySize));
		}
		if (changed) {
			this.#afterOneToken.clear();
		}
	}

	successors(context: readonly TokenId[]): readonly SortedSuccessors[] {
		const last = context.at(-1);
		if (last === undefined) {
			return [];
		}
		const matches = this.#matches;
		matches.length = 0;
		this.#before.collect(context, maxOrder, matches);
		this.#after.collect(context, maxOrder, matches);
		const found: SortedSuccessors[] = [];
		let places = -1;
		for (let order = 1; order <= maxOrder; order++) {
			matches.keep(order);
			if (matches.length === 0) {
				break;
			}
			const before = found.at(-1);
			// A longer context at the same places has the same successors.
			let counts: SortedCounts | undefined = matches.length === places ? before : undefined;
			counts ??= order === 1 ? this.#followersOf(last) : this.#sum();
			places = matches.length;
			found.push({ order, ids: counts.ids, counts: counts.counts, total: counts.total });
		}
		return found;
	}

	/** What follows `token`, from the matches where it is not known yet. */
	#followersOf(token: TokenId): SortedCounts {
		let counts = this.#afterOneToken.get(token);
		if (counts === undefined) {
			counts = this.#sum();
			this.#afterOneToken.set(token, counts);
		}
		return counts;
	}

	#sum(): SortedCounts {
		const { ids, length } = this.#matches;
		for (let i = 0; i < length; i++) {
			this.#tally.add(ids[i] ?? 0, 1);
		}
		return this.#tally.drain();
	}
}
