import { assert } from "../base/assert.ts";

/** What comes next out of a {@link Channel}. */
export type ChannelItem<Value, End> =
	{ readonly kind: "value"; readonly value: Value } | { readonly kind: "end"; readonly end: End };

/**
 * Hands values from one producer to one consumer that waits for them, in order. The producer never
 * waits: what one request can produce is bounded by its `maxNewTokens`. After `end` or `fail` the
 * channel is closed and further values are dropped, because a producer may learn late that nobody listens.
 */
export class Channel<Value, End> {
	readonly #values: Value[] = [];
	#closed: { readonly end: End } | { readonly error: unknown } | undefined;
	#wake: (() => void) | undefined;

	push(value: Value): void {
		if (this.#closed === undefined) {
			this.#values.push(value);
			this.#notify();
		}
	}

	end(end: End): void {
		this.#close({ end });
	}

	/** `next` rejects with `error` once the values before it are consumed. */
	fail(error: unknown): void {
		this.#close({ error });
	}

	async next(): Promise<ChannelItem<Value, End>> {
		for (;;) {
			const value = this.#values.shift();
			if (value !== undefined) {
				return { kind: "value", value };
			}
			if (this.#closed !== undefined) {
				if ("error" in this.#closed) {
					throw this.#closed.error;
				}
				return { kind: "end", end: this.#closed.end };
			}
			assert(this.#wake === undefined, "a channel has one consumer");
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	#close(closed: { readonly end: End } | { readonly error: unknown }): void {
		this.#closed ??= closed;
		this.#notify();
	}

	#notify(): void {
		const wake = this.#wake;
		this.#wake = undefined;
		wake?.();
	}
}
