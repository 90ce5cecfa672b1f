import type { Clock } from "../../src/base/clock.ts";

interface Sleeper {
	readonly at: number;
	readonly wake: () => void;
}

/** A clock that stands still until {@link advance}. */
export class FakeClock implements Clock {
	#now = 0;
	readonly #sleepers = new Set<Sleeper>();

	now(): number {
		return this.#now;
	}

	sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			if (delayMs <= 0 || signal?.aborted === true) {
				resolve();
				return;
			}
			const wake = (): void => {
				this.#sleepers.delete(sleeper);
				signal?.removeEventListener("abort", wake);
				resolve();
			};
			const sleeper = { at: this.#now + delayMs, wake };
			this.#sleepers.add(sleeper);
			signal?.addEventListener("abort", wake, { once: true });
		});
	}

	/** How many sleep now. */
	get sleepers(): number {
		return this.#sleepers.size;
	}

	/** Moves the time on, waking sleepers in order, and lets everything that they started settle. */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		await settle();
		for (;;) {
			const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
			if (next === undefined || next.at > end) {
				break;
			}
			this.#now = Math.max(this.#now, next.at);
			next.wake();
			await settle();
		}
		this.#now = end;
		await settle();
	}
}

/** Lets every promise that can settle without the clock settle. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}
