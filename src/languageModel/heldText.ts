import { assert } from "../base/assert.ts";
import { isHighSurrogate } from "../prompt/promptWindow.ts";
import type { InfillText } from "./languageModel.ts";

/**
 * The text of an answer on its way from a model to whoever asked: whole characters only, cut before the stop
 * string that is complete first. What may still turn out to be the beginning of one is held back. In whatever
 * chunks a text comes, what is released of it is the same. Knows for each stretch how likely it was.
 */
export class HeldText {
	readonly #stops: readonly string[];
	readonly #longestStop: number;
	/** What came and wasn't released, with a stop string at its start at the earliest. */
	#held = "";
	/** Of what is held: the chunks that brought it, with the UTF-16 length that each added. */
	#chunks: HeldChunk[] = [];
	#stopped = false;

	constructor(stops: readonly string[]) {
		this.#stops = stops.filter((stop) => stop !== "");
		this.#longestStop = Math.max(0, ...this.#stops.map(({ length }) => length));
	}

	/** Whether a stop string was seen; nothing counts after it. */
	get stopped(): boolean {
		return this.#stopped;
	}

	/** Takes a chunk, which may be empty. `logProbability` is undefined where the model doesn't tell. */
	push(text: string, logProbability: number | undefined): void {
		if (this.#stopped) {
			return;
		}
		this.#held += text;
		this.#chunks.push({ length: text.length, logProbability });
		const start = this.#firstStop();
		if (start !== undefined) {
			this.#held = this.#held.slice(0, start);
			this.#stopped = true;
		}
	}

	/** The text that is certain by now; undefined for none. */
	release(): InfillText | undefined {
		return this.#take(this.#stopped ? this.#held.length : this.#certainLength());
	}

	/** All that is left, once no more can come. */
	releaseAll(): InfillText | undefined {
		return this.#take(this.#held.length);
	}

	/**
	 * Where the string begins that is complete first, of those that end together the longest. Where a text was
	 * cut doesn't matter then, as it would for the one that begins first.
	 */
	#firstStop(): number | undefined {
		let first: { readonly start: number; readonly end: number } | undefined;
		for (const stop of this.#stops) {
			const start = this.#held.indexOf(stop);
			const end = start + stop.length;
			const isFirst =
				first === undefined || end < first.end || (end === first.end && start < first.start);
			if (start >= 0 && isFirst) {
				first = { start, end };
			}
		}
		return first?.start;
	}

	/** Without the longest end of what is held that could be the beginning of a stop string, or half a character. */
	#certainLength(): number {
		const held = this.#held;
		for (let at = Math.max(0, held.length - this.#longestStop + 1); at < held.length; at++) {
			const end = held.slice(at);
			if (this.#stops.some((stop) => stop.startsWith(end))) {
				return at;
			}
		}
		return isHighSurrogate(held, held.length - 1) ? held.length - 1 : held.length;
	}

	#take(length: number): InfillText | undefined {
		if (length === 0) {
			return undefined;
		}
		// Half a character that is not followed by its other half never was one.
		const text = this.#held.slice(0, length).toWellFormed();
		this.#held = this.#held.slice(length);
		return { text, logProbability: this.#takeChunks(length) };
	}

	/** A chunk counts with the first of its text; one without text with what follows it. */
	#takeChunks(length: number): number | undefined {
		let sum: number | undefined = 0;
		let left = length;
		let taken = 0;
		while (left > 0) {
			const chunk = this.#chunks[taken];
			assert(chunk !== undefined, "what is held came in chunks");
			sum =
				sum === undefined || chunk.logProbability === undefined
					? undefined
					: sum + chunk.logProbability;
			if (chunk.length > left) {
				this.#chunks[taken] = { length: chunk.length - left, logProbability: 0 };
				break;
			}
			left -= chunk.length;
			taken++;
		}
		this.#chunks.splice(0, taken);
		return sum;
	}
}

interface HeldChunk {
	readonly length: number;
	readonly logProbability: number | undefined;
}
