import type { Clock } from "../clock.ts";

/** What a server took too long for. */
export type TimeLimitKind = "firstByte" | "betweenChunks" | "total";

export interface TimeLimitsMs {
	/** From sending a request to the head of the answer, connecting included. */
	readonly firstByte: number;
	/** Between two pieces of an answer while one is waited for. */
	readonly betweenChunks: number;
	readonly total: number;
}

/**
 * Bounds one request: {@link signal} aborts when the caller, a limit or {@link close} ends it. A request that
 * may outlive its caller isn't ended by a limit until {@link enforce}: whoever made it is told, and decides.
 */
export class TimeLimits {
	/** Ends the request. */
	readonly signal: AbortSignal;
	/** Aborts when a limit was exceeded. */
	readonly expired: AbortSignal;
	readonly #clock: Clock;
	readonly #limitsMs: TimeLimitsMs;
	readonly #over = new AbortController();
	readonly #expiry = new AbortController();
	#endsWork: boolean;
	#exceeded: TimeLimitKind | undefined;

	constructor(
		clock: Clock,
		limitsMs: TimeLimitsMs,
		callers: readonly AbortSignal[],
		mayOutlive: "ends at a limit" | "may outlive its limits" = "ends at a limit",
	) {
		this.#clock = clock;
		this.#limitsMs = limitsMs;
		this.#endsWork = mayOutlive === "ends at a limit";
		this.signal = AbortSignal.any([...callers, this.#over.signal]);
		this.expired = this.#expiry.signal;
		void this.#endAfter("total", this.signal);
	}

	/** The limit that was exceeded, if one was. */
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

	/** From now on the limits end the request, and `caller` does. */
	enforce(caller: AbortSignal): void {
		this.#endsWork = true;
		if (caller.aborted || this.#exceeded !== undefined) {
			this.close();
			return;
		}
		caller.addEventListener("abort", () => this.close(), { once: true, signal: this.signal });
	}

	close(): void {
		this.#over.abort();
	}

	async #endAfter(kind: TimeLimitKind, unless: AbortSignal): Promise<void> {
		await this.#clock.sleep(this.#limitsMs[kind], unless);
		if (!unless.aborted && !this.signal.aborted && this.#exceeded === undefined) {
			this.#exceeded = kind;
			this.#expiry.abort();
			if (this.#endsWork) {
				this.#over.abort();
			}
		}
	}
}
