import type { Clock } from "../base/clock.ts";

/**
 * The time for figures that must be the same on every machine: it stands still. Nothing takes any time by it, so drafts are
 * as long as they can be; a wait of no time is over at once, and a longer one, such as the deadline for related
 * code, only when it is given up.
 */
export const stillClock: Clock = {
	now: () => 0,
	sleep: (delayMs, signal) =>
		delayMs <= 0 || signal?.aborted === true
			? Promise.resolve()
			: new Promise((resolve) => {
					signal?.addEventListener("abort", () => resolve(), { once: true });
				}),
};
