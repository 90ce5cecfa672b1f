import type { Clock } from "../../src/base/clock.ts";

/** Sleeps of up to `longestMs` are over at once, as if the time had passed; longer ones end with their signal. */
export class HastyClock implements Clock {
	readonly slept: number[] = [];
	readonly #longestMs: number;
	#now = 0;

	constructor(longestMs: number) {
		this.#longestMs = longestMs;
	}

	now(): number {
		return this.#now;
	}

	sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
		if (delayMs <= this.#longestMs) {
			this.slept.push(delayMs);
			this.#now += delayMs;
			return Promise.resolve();
		}
		return new Promise((resolve) => {
			signal?.addEventListener("abort", () => resolve(), { once: true });
		});
	}
}
