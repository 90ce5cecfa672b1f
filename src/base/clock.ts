/** The time, as a seam: tests replace it, and nothing else reads a clock. */
export interface Clock {
	/** Milliseconds from an arbitrary origin; never goes back. */
	now(): number;
	/** Resolves after `delayMs`, or as soon as `signal` aborts (it never rejects: look at the signal). */
	sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => performance.now(),
	sleep: (delayMs, signal) =>
		new Promise((resolve) => {
			if (signal?.aborted === true) {
				resolve();
				return;
			}
			const done = (): void => {
				clearTimeout(timer);
				signal?.removeEventListener("abort", done);
				resolve();
			};
			const timer = setTimeout(done, delayMs);
			signal?.addEventListener("abort", done, { once: true });
		}),
};
