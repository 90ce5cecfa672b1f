import { readFileSync } from "node:fs";

/** How long a thread has waited for a core by some moment: the moment since the machine was started, the wait since the thread was. */
export interface CoreWait {
	readonly atUs: number;
	readonly waitedUs: number;
}

/** Asked in between; a read takes some 20 µs. */
const intervalMs = 2;

/**
 * Looks, from another process, at how long a process's main thread could have run and had no core: what it does takes longer by
 * that, though it doesn't do more. Linux only: https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
 */
export class CoreWaits {
	readonly #file: string;
	readonly #seen: CoreWait[] = [];
	readonly #timer: NodeJS.Timeout;

	constructor(processId: number) {
		this.#file = `/proc/${processId}/task/${processId}/schedstat`;
		this.#look();
		this.#timer = setInterval(() => {
			this.#look();
		}, intervalMs);
	}

	/** In the order of time. */
	end(): readonly CoreWait[] {
		clearInterval(this.#timer);
		this.#look();
		return this.#seen;
	}

	#look(): void {
		const [, waitedNs] = readFileSync(this.#file, "utf8").split(" ");
		// The clock that V8's profiler has too.
		this.#seen.push({
			atUs: Number(process.hrtime.bigint() / 1000n),
			waitedUs: Number(waitedNs) / 1000,
		});
	}
}

/**
 * What of the time from `startUs` to `endUs` certainly was such a wait: what was counted from the first look behind its start to the
 * last before its end, in milliseconds.
 */
export function waitedMs(waits: readonly CoreWait[], startUs: number, endUs: number): number {
	const first = waits.find(({ atUs }) => atUs >= startUs);
	const last = waits.findLast(({ atUs }) => atUs <= endUs);
	return first === undefined || last === undefined
		? 0
		: Math.max(0, last.waitedUs - first.waitedUs) / 1000;
}
