/**
 * How long one prefill pass should take at most. It can't be stopped, so a new keystroke or an abort may
 * have to wait for it; this much is not felt.
 */
const targetMs = 50;

/** Powers of two. Below the least, passes cost little less; above the most, tokens do. */
const minTokens = 32;
const maxTokens = 512;
const firstTokens = 64;

/**
 * Most prompt tokens in one forward pass: as many as run within {@link targetMs} on this machine with this
 * model, since larger chunks prefill faster (by about a fifth from 64 to 128). Lives as long as the engine.
 */
export class PrefillChunk {
	readonly #isFixed: boolean;
	#tokens: number;

	/** With `fixedTokens` the size never changes. */
	constructor(fixedTokens?: number) {
		this.#isFixed = fixedTokens !== undefined;
		this.#tokens = fixedTokens ?? firstTokens;
	}

	get tokens(): number {
		return this.#tokens;
	}

	/**
	 * Most prompt tokens in a pass that nobody waits for while somebody types. Such passes prefill more
	 * slowly, but a keystroke waits for one of them at most, and a fourth is not felt on top of its own work.
	 */
	get tokensBesideTyping(): number {
		return this.#isFixed ? this.#tokens : Math.max(this.#tokens / 4, minTokens);
	}

	/** A pass over `tokens` took `elapsedMs`. Shorter passes than full ones tell nothing. */
	record(tokens: number, elapsedMs: number): void {
		if (this.#isFixed || tokens < this.#tokens) {
			return;
		}
		if (elapsedMs > targetMs) {
			this.#tokens = Math.max(this.#tokens / 2, minTokens);
		} else if (2 * elapsedMs < 0.8 * targetMs) {
			// Not up to the target itself, or the size would go up and down with the noise.
			this.#tokens = Math.min(this.#tokens * 2, maxTokens);
		}
	}
}
