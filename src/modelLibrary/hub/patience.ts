import type { Clock } from "../../base/clock.ts";
import type { AddressKind } from "./hubAddress.ts";
import { HubFault } from "./hubFault.ts";

/**
 * Tries in a row that bring nothing further. While a file comes the pauses between them add up to half a minute, since
 * nobody looks; a person who has just asked for a model hears after three seconds that the hub can't be reached.
 */
export const patientTries = { file: 6, listing: 3 } as const;
const firstPauseMs = 1000;
/** A hub that wants to be left alone for longer is better asked by a person, later. */
const maxAskedPauseMs = 5 * 60_000;

/** Decides whether, and when, something is tried again that a hub failed at. */
export class Patience {
	#triesInVain = 0;

	constructor(
		private readonly clock: Clock,
		private readonly maxTries: number,
		private readonly asked: AddressKind,
	) {}

	/** Something came: what failed before doesn't count any more. */
	didAdvance(): void {
		this.#triesInVain = 0;
	}

	/** Waits until the next try, or for `signal`. Throws `fault`, or one that says more, where there is none. */
	async waitAfter(fault: HubFault, signal: AbortSignal): Promise<void> {
		this.#triesInVain++;
		if (!fault.isPassing || this.#triesInVain >= this.maxTries) {
			throw fault;
		}
		const pauseMs = fault.retryAfterMs;
		if (pauseMs !== undefined && pauseMs > maxAskedPauseMs) {
			const minutes = Math.ceil(pauseMs / 60_000);
			throw new HubFault(
				"hubBusy",
				`The ${this.asked} wants to be asked again in ${minutes} minutes; go on then: what came so far is kept.`,
			);
		}
		await this.clock.sleep(pauseMs ?? firstPauseMs * 2 ** (this.#triesInVain - 1), signal);
	}
}
