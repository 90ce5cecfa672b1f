import type { Clock } from "../../src/base/clock.ts";

interface Sleeper {
	readonly dueMs: number;
	/** Waits for the rest anew. */
	arm(): void;
}

/** A clock that goes with another one until it is told to jump: as after a laptop slept, on systems whose clocks count that. */
export class JumpingClock implements Clock {
	readonly #clock: Clock;
	readonly #sleepers = new Set<Sleeper>();
	#jumpedMs = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	now(): number {
		return this.#clock.now() + this.#jumpedMs;
	}

	sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
		const dueMs = this.now() + delayMs;
		return new Promise((resolve) => {
			let rest = new AbortController();
			const wake = (): void => {
				this.#sleepers.delete(sleeper);
				signal?.removeEventListener("abort", wake);
				rest.abort();
				resolve();
			};
			const sleeper: Sleeper = {
				dueMs,
				arm: () => {
					rest.abort();
					rest = new AbortController();
					const { signal: ended } = rest;
					void this.#clock.sleep(Math.max(0, dueMs - this.now()), ended).then(() => {
						if (!ended.aborted) {
							wake();
						}
					});
				},
			};
			if (signal?.aborted === true) {
				resolve();
				return;
			}
			this.#sleepers.add(sleeper);
			signal?.addEventListener("abort", wake, { once: true });
			sleeper.arm();
		});
	}

	/** Goes on by so much at once. Who would have woken meanwhile wakes now, in their order. */
	jump(ms: number): void {
		this.#jumpedMs += ms;
		for (const sleeper of [...this.#sleepers].sort((a, b) => a.dueMs - b.dueMs)) {
			sleeper.arm();
		}
	}
}
