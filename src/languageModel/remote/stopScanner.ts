import { isHighSurrogate } from "../../prompt/promptWindow.ts";

export interface Scanned {
	/** What is certain to be part of the answer: whole characters, no beginning of a stop string. */
	readonly text: string;
	readonly hasStopped: boolean;
}

/**
 * Ends a text before the string that is complete first of some. Servers do it themselves, but not all, not for more than four,
 * and not for special tokens that they spell out.
 */
export class StopScanner {
	readonly #stops: readonly string[];
	#held = "";

	constructor(stops: readonly string[]) {
		this.#stops = stops.filter((stop) => stop !== "");
	}

	push(text: string): Scanned {
		const all = this.#held + text;
		const found = this.#firstStop(all);
		if (found !== undefined) {
			this.#held = "";
			return { text: all.slice(0, found).toWellFormed(), hasStopped: true };
		}
		const kept = all.length - this.#heldLength(all);
		this.#held = all.slice(kept);
		return { text: all.slice(0, kept).toWellFormed(), hasStopped: false };
	}

	/** What was held back, when the answer ended without more. */
	flush(): string {
		const rest = this.#held.toWellFormed();
		this.#held = "";
		return rest;
	}

	/**
	 * Where the string begins that is complete first, as for a server that looks at each token: wherever the text
	 * was cut, it is the same one.
	 */
	#firstStop(text: string): number | undefined {
		let firstStart: number | undefined;
		let firstEnd = Infinity;
		for (const stop of this.#stops) {
			const start = text.indexOf(stop);
			const end = start + stop.length;
			if (start >= 0 && (end < firstEnd || (end === firstEnd && start < (firstStart ?? 0)))) {
				firstStart = start;
				firstEnd = end;
			}
		}
		return firstStart;
	}

	/** The longest end of `text` that could be the beginning of a stop string, or half a character. */
	#heldLength(text: string): number {
		const half = isHighSurrogate(text, text.length - 1) ? 1 : 0;
		const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
		for (let length = Math.min(longest, text.length); length > half; length--) {
			const end = text.slice(text.length - length);
			if (this.#stops.some((stop) => stop.startsWith(end))) {
				return length;
			}
		}
		return half;
	}
}
