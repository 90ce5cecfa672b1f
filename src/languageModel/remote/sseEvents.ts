import { assert } from "../../base/assert.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts a stream of server-sent events into events, as bytes with "\n" line breaks. The client library parses
 * them; on its own it would copy everything that it holds with each chunk, without a bound, and lose a
 * last event that no blank line follows.
 */
export class SseEvents {
	readonly #maxEventBytes: number;
	#held = new Uint8Array(1024);
	#length = 0;
	#afterCarriageReturn = false;

	constructor(maxEventBytes: number) {
		this.#maxEventBytes = maxEventBytes;
	}

	/** The events that `chunk` completes, or "tooLong" when one has more bytes than allowed. */
	push(chunk: Uint8Array): readonly Uint8Array<ArrayBuffer>[] | "tooLong" {
		const events: Uint8Array<ArrayBuffer>[] = [];
		for (const byte of chunk) {
			const isSecondHalf = this.#afterCarriageReturn && byte === lineFeed;
			this.#afterCarriageReturn = byte === carriageReturn;
			if (!isSecondHalf) {
				const isBreak = byte === lineFeed || byte === carriageReturn;
				const isBlankLine =
					isBreak && (this.#length === 0 || this.#held[this.#length - 1] === lineFeed);
				if (isBlankLine) {
					const event = this.flush();
					if (event !== undefined) {
						events.push(event);
					}
				} else {
					if (this.#length >= this.#maxEventBytes) {
						return "tooLong";
					}
					this.#append(isBreak ? lineFeed : byte);
				}
			}
		}
		return events;
	}

	/** What is left at the end, made a whole event; undefined when there is nothing. */
	flush(): Uint8Array<ArrayBuffer> | undefined {
		if (this.#length === 0) {
			return undefined;
		}
		const event = new Uint8Array(this.#length + 2);
		event.set(this.#held.subarray(0, this.#length));
		event.fill(lineFeed, this.#length);
		this.#length = 0;
		return event;
	}

	#append(byte: number): void {
		if (this.#length === this.#held.length) {
			const larger = new Uint8Array(this.#held.length * 2);
			larger.set(this.#held);
			this.#held = larger;
		}
		assert(this.#length < this.#held.length, "there is room for the byte");
		this.#held[this.#length++] = byte;
	}
}
