import type { Clock } from "../base/clock.ts";

export interface SnoozeOptions {
	readonly clock: Clock;
	/** Milliseconds since 1970, as the machine's calendar has them. */
	readonly epochMs: () => number;
	readonly onDidChange: () => void;
}

const lookEachMs = 30_000;

/**
 * Quiet for some minutes. Ends by itself, by hand, and with the window. Both clocks count: a machine that was suspended
 * wakes up after the end, and a calendar that is set back doesn't make it longer.
 */
export class Snooze {
	readonly #options: SnoozeOptions;
	#untilMs: number | undefined;
	#timer = new AbortController();

	constructor(options: SnoozeOptions) {
		this.#options = options;
	}

	/** In milliseconds since 1970; undefined while nobody snoozes. */
	get untilMs(): number | undefined {
		const until = this.#untilMs;
		return until !== undefined && this.#options.epochMs() < until ? until : undefined;
	}

	get isOn(): boolean {
		return this.untilMs !== undefined;
	}

	/** For people: the time of day until which it lasts; undefined while nobody snoozes. */
	get untilTime(): string | undefined {
		const { untilMs } = this;
		return untilMs === undefined ? undefined : timeOfDay(untilMs);
	}

	/** From now on for so long, whatever was chosen before. */
	start(minutes: number): void {
		this.#timer.abort();
		this.#timer = new AbortController();
		const durationMs = minutes * 60_000;
		this.#untilMs = this.#options.epochMs() + durationMs;
		this.#options.onDidChange();
		void this.#endAfter(durationMs, this.#timer.signal);
	}

	end(): void {
		this.#timer.abort();
		if (this.#untilMs !== undefined) {
			this.#untilMs = undefined;
			this.#options.onDidChange();
		}
	}

	dispose(): void {
		this.#timer.abort();
		this.#untilMs = undefined;
	}

	async #endAfter(durationMs: number, ended: AbortSignal): Promise<void> {
		// Of a suspended machine the clock of sleepers stands still, so the calendar is looked at too.
		for (let leftMs = durationMs; leftMs > 0 && this.isOn; leftMs -= lookEachMs) {
			await this.#options.clock.sleep(Math.min(leftMs, lookEachMs), ended);
			if (ended.aborted) {
				return;
			}
		}
		this.end();
	}
}

/** `14:35`, in the time zone and by the custom of the machine. */
function timeOfDay(epochMs: number): string {
	return new Date(epochMs).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
