/**
 * The text of an answer on its way to whoever asked, cut before the first stop string. What may still turn
 * out to be the beginning of one is held back. Knows for each stretch of text how likely it was.
 */
export class HeldText {
	readonly #stops: readonly string[];
	/** What came and wasn't released, with a stop string at its start at the earliest. */
	#held = "";
	/** Of what is held: the tokens that brought it, with the UTF-16 length that each added. */
	#tokens: { readonly length: number; readonly logProbability: number }[] = [];
	#stopped = false;

	constructor(stops: readonly string[]) {
		this.#stops = stops.filter((stop) => stop !== "");
	}

	/** Whether a stop string was seen; nothing counts after it. */
	get stopped(): boolean {
		return this.#stopped;
	}

	/** Takes the text that one token completed, which may be none. */
	push(text: string, logProbability: number): void {
		if (this.#stopped) {
			return;
		}
		this.#held += text;
		this.#tokens.push({ length: text.length, logProbability });
		const starts = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((at) => at >= 0);
		if (starts.length > 0) {
			this.#held = this.#held.slice(0, Math.min(...starts));
			this.#stopped = true;
		}
	}

	/** The text that is certain by now, with the logarithm of its tokens' probability; undefined for none. */
	release(): ReleasedText | undefined {
		return this.#take(this.#stopped ? this.#held.length : this.#certainLength());
	}

	/** All that is left, once no more can come. */
	releaseAll(): ReleasedText | undefined {
		return this.#take(this.#held.length);
	}

	/** Where the earliest beginning of a stop string at the end of what is held stands, or the end. */
	#certainLength(): number {
		const longest = Math.max(0, ...this.#stops.map(({ length }) => length - 1));
		const first = Math.max(0, this.#held.length - longest);
		for (let at = first; at < this.#held.length; at++) {
			const tail = this.#held.slice(at);
			if (this.#stops.some((stop) => stop.startsWith(tail))) {
				return at;
			}
		}
		return this.#held.length;
	}

	#take(length: number): ReleasedText | undefined {
		if (length === 0) {
			return undefined;
		}
		const text = this.#held.slice(0, length);
		this.#held = this.#held.slice(length);
		let logProbability = 0;
		let left = length;
		const tokens = this.#tokens;
		this.#tokens = [];
		for (const token of tokens) {
			// A token counts with the first of its text; one without text with what follows it.
			const taken = Math.min(left, token.length);
			if (left > 0) {
				logProbability += token.logProbability;
				left -= taken;
				if (taken < token.length) {
					this.#tokens.push({ length: token.length - taken, logProbability: 0 });
				}
			} else {
				this.#tokens.push(token);
			}
		}
		return { text, logProbability };
	}
}

export interface ReleasedText {
	/** Not empty. */
	readonly text: string;
	readonly logProbability: number;
}
