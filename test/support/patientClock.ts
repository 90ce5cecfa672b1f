import { systemClock, type Clock } from "../../src/base/clock.ts";

/** Pauses while somebody types are shorter; everything that gives something up is longer. */
const longestPauseMs = 50;

/**
 * The system's time for whoever never gives up: pauses pass, limits don't, so that a busy machine changes nothing.
 */
export const patientClock: Clock = {
	now: () => systemClock.now(),
	sleep: (delayMs, signal) =>
		delayMs <= longestPauseMs
			? systemClock.sleep(delayMs, signal)
			: new Promise((resolve) => {
					if (signal?.aborted === true) {
						resolve();
						return;
					}
					signal?.addEventListener("abort", () => resolve(), { once: true });
				}),
};
