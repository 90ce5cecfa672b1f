import {
	BrokenCircuitError,
	CircuitState,
	ConsecutiveBreaker,
	ExponentialBackoff,
	circuitBreaker,
	halfJitterGenerator,
	handleWhen,
	type CircuitBreakerPolicy,
} from "cockatiel";
import type { Clock } from "../../base/clock.ts";
import { ServerFault, seconds } from "./faults.ts";

/** One failure may be chance, three in a row are not. */
const failuresToOpen = 3;

/**
 * An outage costs a request now and then, whatever its length: the pause grows to a minute, so that the
 * server's return is noticed soon.
 */
const pauses = { initialDelay: 5000, maxDelay: 60_000 };

/** No server's word keeps it unasked for longer. */
const maxServerPauseMs = 10 * 60_000;

/**
 * Keeps requests from a server that fails again and again. When a pause is over the server is asked for its
 * list of models, which costs it nothing and can't be cancelled by typing on; only then do requests go to it.
 */
export class ServerCircuit {
	readonly #origin: string;
	readonly #clock: Clock;
	readonly #probe: () => Promise<void>;
	readonly #breaker: CircuitBreakerPolicy;
	#probing: Promise<void> | undefined;
	#serverPauseEnd = -Infinity;

	constructor(origin: string, clock: Clock, probe: () => Promise<void>) {
		this.#origin = origin;
		this.#clock = clock;
		this.#probe = probe;
		this.#breaker = circuitBreaker(handleWhen(isFailure), {
			halfOpenAfter: new ExponentialBackoff({ ...pauses, generator: halfJitterGenerator }),
			breaker: new ConsecutiveBreaker(failuresToOpen),
		});
	}

	/**
	 * Runs one attempt, or rejects with "serverPaused" or "rateLimited" without one. Who isn't `patient` never
	 * waits for the question whether the server is back.
	 */
	async run<T>(patient: boolean, attempt: () => Promise<T>): Promise<T> {
		const leftMs = this.#serverPauseEnd - this.#clock.now();
		if (leftMs > 0) {
			throw new ServerFault(
				"rateLimited",
				`${this.#origin} wants to be asked again in ${seconds(leftMs)} s.`,
				{ retryAfterMs: leftMs },
			);
		}
		if (this.#breaker.state !== CircuitState.Closed) {
			const probed = this.#probeOnce();
			if (!patient) {
				// Its outcome is for the next request; this one goes elsewhere at once.
				probed.catch(() => undefined);
				throw this.#paused();
			}
			await probed;
		}
		try {
			return await this.#breaker.execute(attempt);
		} catch (error) {
			throw error instanceof BrokenCircuitError ? this.#paused() : error;
		}
	}

	/** The server asked for it. */
	pauseFor(ms: number): void {
		this.#serverPauseEnd = this.#clock.now() + Math.min(ms, maxServerPauseMs);
	}

	#probeOnce(): Promise<void> {
		this.#probing ??= this.#probeNow().finally(() => {
			this.#probing = undefined;
		});
		return this.#probing;
	}

	async #probeNow(): Promise<void> {
		try {
			await this.#breaker.execute(this.#probe);
		} catch (error) {
			throw error instanceof BrokenCircuitError ? this.#paused() : error;
		}
	}

	#paused(): ServerFault {
		return new ServerFault(
			"serverPaused",
			`${this.#origin} failed several times and isn't asked for up to a minute.`,
		);
	}
}

/** What counts towards a pause: the server's faults, not what a request or its key is to blame for. */
function isFailure(error: unknown): boolean {
	return (
		error instanceof ServerFault &&
		(error.code === "serverUnreachable" || error.code === "badAnswer")
	);
}
