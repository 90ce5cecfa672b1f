import type { Clock } from "../../base/clock.ts";

/** What a server took too long for. */
export type TimeLimitKind = "firstByte" | "betweenChunks" | "total";

export interface TimeLimitsMs {
	/** From sending a request to the head of the answer, connecting included. */
	readonly firstByte: number;
	/** Between two pieces of an answer while one is waited for. */
	readonly betweenChunks: number;
	readonly total: number;
}

/** Bounds one request: {@link signal} aborts when the caller, a limit or {@link close} ends it. */
export class TimeLimits {
	readonly signal: AbortSignal;
	readonly #clock: Clock;
	readonly #limitsMs: TimeLimitsMs;
	readonly #over = new AbortController();
	#exceeded: TimeLimitKind | undefined;

	constructor(clock: Clock, limitsMs: TimeLimitsMs, callers: readonly AbortSignal[]) {
		this.#clock = clock;
		this.#limitsMs = limitsMs;
		this.signal = AbortSignal.any([...callers, this.#over.signal]);
		void this.#endAfter("total", this.signal);
	}

	/** The limit that ended the request, if one did. */
	get exceeded(): TimeLimitKind | undefined {
		return this.#exceeded;
	}

	/** Waits for `work`, which {@link signal} has to end. */
	async within<T>(kind: "firstByte" | "betweenChunks", work: Promise<T>): Promise<T> {
		const done = new AbortController();
		void this.#endAfter(kind, done.signal);
		try {
			return await work;
		} finally {
			done.abort();
		}
	}

	close(): void {
		this.#over.abort();
	}

	async #endAfter(kind: TimeLimitKind, unless: AbortSignal): Promise<void> {
		await this.#clock.sleep(this.#limitsMs[kind], unless);
		if (!unless.aborted && !this.signal.aborted) {
			this.#exceeded = kind;
			this.#over.abort();
		}
	}
}
