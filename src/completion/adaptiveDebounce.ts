/** A pause that is longer isn't typing, and says nothing about its speed. */
const longestIntervalMs = 1000;

/** How much a new sample counts: the mean follows a change within about five of them. */
const sampleWeight = 0.2;

/** Of the interval between two keys: a wait that is longer means that the user has paused. */
const pauseFactor = 1.2;

/** Most that the wait grows to, unless a longer one is configured. */
const longestWaitMs = 160;

/**
 * How long to wait after a keystroke before the engine is asked.
 *
 * As long as answers come faster than keys, each key may as well be asked about: the configured wait is
 * enough. When the engine is slower than that, an answer can only be seen in a pause, so the wait grows
 * to about the time between two keys, and the engine isn't started for nothing in between.
 */
export class AdaptiveDebounce {
	#lastKeyAt: number | undefined;
	#keyIntervalMs: number | undefined;
	#answerMs: number | undefined;

	noteKeystroke(now: number): void {
		const interval = this.#lastKeyAt === undefined ? undefined : now - this.#lastKeyAt;
		this.#lastKeyAt = now;
		if (interval !== undefined && interval > 0 && interval < longestIntervalMs) {
			this.#keyIntervalMs = mean(this.#keyIntervalMs, interval);
		}
	}

	/** `elapsedMs` is the time from asking the engine to its answer. */
	noteAnswer(elapsedMs: number): void {
		this.#answerMs = mean(this.#answerMs, elapsedMs);
	}

	/** Milliseconds left to wait; `spentMs` have passed since the keystroke. 0 turns the wait off. */
	waitMs(configuredMs: number, spentMs: number): number {
		if (configuredMs <= 0) {
			return 0;
		}
		const interval = this.#keyIntervalMs;
		const isInTime =
			interval === undefined ||
			this.#answerMs === undefined ||
			Math.max(configuredMs, spentMs) + this.#answerMs <= interval;
		const wait = isInTime
			? configuredMs
			: Math.max(configuredMs, Math.min(pauseFactor * interval, longestWaitMs));
		return Math.max(0, wait - spentMs);
	}
}

function mean(old: number | undefined, sample: number): number {
	return old === undefined ? sample : old + sampleWeight * (sample - old);
}
