import type { TokenSpread } from "./sampling/tokenSpread.ts";

/** A token that was not chosen, and whose bytes are those of the answer as far as it goes. */
interface OtherWay {
	/** Its bytes behind the end of the answer, one character each. */
	readonly rest: string;
	readonly probability: number;
}

/** Where healing itself is less likely than this, a number can't tell how likely what follows is: it counts as impossible. */
const leastHealed = 1e-300;

/** Other ways that are less likely than this are let go. */
const minFollowed = 1e-3;

/**
 * How likely the text of a greedy answer is, whatever tokens it is cut into. A vocabulary cuts the same text in
 * several ways (`er` and `,`, or `er,`), and each token that is chosen leaves out those that begin as it does: the product of the
 * chosen tokens' probabilities is that of one way, which is no measure of whether somebody is about to type that text.
 *
 * Adds to that one way every token that was passed over and agrees with what was chosen since. Where such a token ends, the
 * text goes on from there as likely as after the chosen ones: a model conditions on what was written, and hardly on its cuts.
 */
export class TextProbability {
	/** Of the text so far where a token ends at its end, and of the ways that go beyond it. */
	#here = 1;
	#others: readonly OtherWay[] = [];
	/** Bytes of the answer that were given: the text begins with them. */
	#bytesToHeal: number;

	constructor(bytesToHeal: number) {
		this.#bytesToHeal = bytesToHeal;
	}

	/** How many of the next token's bytes, from its first on, are known beforehand. */
	get bytesToHeal(): number {
		return this.#bytesToHeal;
	}

	/**
	 * For each byte of the token that `spread` is about, the probability that the answer's text goes on so far: in [0, 1], never
	 * rising, and 1 for bytes that heal.
	 */
	of(spread: TokenSpread): readonly number[] {
		return this.#through(spread).probabilities;
	}

	/** The token becomes part of the answer. */
	append(spread: TokenSpread): void {
		const { key, shares, longer, probability } = spread;
		const { here, scale } = this.#through(spread);
		const last = shares.at(-1);
		if (last === undefined) {
			return;
		}
		const endHere = this.#others.filter(({ rest }) => rest === key);
		const others = endHere.reduce((sum, other) => sum + other.probability, 0);
		this.#others = [
			...this.#others
				.filter(({ rest }) => rest.length > key.length && rest.startsWith(key))
				.map((other) => ({
					rest: other.rest.slice(key.length),
					probability: other.probability * scale,
				})),
			...longer.map((other) => ({
				rest: other.rest,
				probability: other.probability * here * scale,
			})),
		].filter((other) => other.probability >= minFollowed);
		this.#here = Math.min(1, (here * probability + others) * scale);
		this.#bytesToHeal = Math.max(0, this.#bytesToHeal - key.length);
	}

	#through({ key, shares }: TokenSpread): {
		readonly probabilities: readonly number[];
		/** Before the token, with the ways that end within it. */
		readonly here: number;
		/** Makes the text up to the last byte that heals certain. */
		readonly scale: number;
	} {
		let here = this.#here;
		let agreeing = this.#others;
		let scale = 1;
		let lowest = 1;
		const probabilities: number[] = [];
		for (const [at, share] of shares.entries()) {
			const before = at === 0 ? 1 : (shares[at - 1] ?? 1);
			const going: OtherWay[] = [];
			for (const other of agreeing) {
				if (other.rest.length <= at) {
					// It ends here; from here on it is as likely to go on as the chosen tokens are.
					here += before > 0 ? other.probability / before : 0;
				} else if (other.rest.charCodeAt(at) === key.charCodeAt(at)) {
					going.push(other);
				}
			}
			agreeing = going;
			const others = agreeing.reduce((sum, { probability }) => sum + probability, 0);
			const through = here * share + others;
			const isHealed = at < this.#bytesToHeal;
			if (at === this.#bytesToHeal - 1) {
				scale = through > leastHealed ? 1 / through : 0;
			}
			lowest = isHealed ? 1 : Math.min(lowest, through * scale);
			probabilities.push(lowest);
		}
		return { probabilities, here, scale };
	}
}
