import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { PowerSource } from "./powerSource.ts";

export interface BatteryPauseOptions {
	/** Asks the machine; may reject. */
	readonly read: () => Promise<PowerSource>;
	/** How long what was read holds, in milliseconds. */
	readonly holdsMs: number;
	/** Whether the user wants quiet on battery: otherwise nothing is ever read. */
	readonly isWanted: () => boolean;
	/** Whether somebody may type in this window: what it runs on is nobody's business otherwise. */
	readonly isInUse: () => boolean;
	readonly onDidChange: () => void;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** Quiet while the machine runs on its battery, for those who want that. Looks now and then, and never because of a key. */
export class BatteryPause {
	readonly #options: BatteryPauseOptions;
	#isOnBattery = false;
	#watching: AbortController | undefined;
	#readAtMs = -Infinity;
	#isReading = false;
	#lastFault = "";

	constructor(options: BatteryPauseOptions) {
		this.#options = options;
	}

	/** Whether completions rest. */
	get isPaused(): boolean {
		return this.#isOnBattery && this.#options.isWanted();
	}

	/** The setting may be another now. */
	settingChanged(): void {
		if (!this.#options.isWanted()) {
			this.#watching?.abort();
			this.#watching = undefined;
			this.#readAtMs = -Infinity;
			this.#set("unknown");
		} else if (this.#watching === undefined) {
			const watching = new AbortController();
			this.#watching = watching;
			void this.#watch(watching.signal);
		}
	}

	/** Somebody has come back to this window. */
	cameBack(): void {
		const { signal } = this.#watching ?? {};
		if (signal !== undefined) {
			void this.#readIfDue(signal);
		}
	}

	dispose(): void {
		this.#watching?.abort();
		this.#watching = undefined;
	}

	async #watch(ended: AbortSignal): Promise<void> {
		while (!ended.aborted) {
			await this.#readIfDue(ended);
			await this.#options.clock.sleep(this.#options.holdsMs, ended);
		}
	}

	async #readIfDue(ended: AbortSignal): Promise<void> {
		const { clock, holdsMs, isInUse, read } = this.#options;
		if (this.#isReading || !isInUse() || clock.now() - this.#readAtMs < holdsMs) {
			return;
		}
		this.#isReading = true;
		try {
			const source = await read();
			this.#lastFault = "";
			if (!ended.aborted) {
				this.#readAtMs = clock.now();
				this.#set(source);
			}
		} catch (error) {
			this.#readAtMs = clock.now();
			this.#noteFault(String(error));
			this.#set("unknown");
		} finally {
			this.#isReading = false;
		}
	}

	/** Each once: what a system doesn't have won't be there half a minute later. */
	#noteFault(fault: string): void {
		if (fault !== this.#lastFault) {
			this.#lastFault = fault;
			this.#options.logger.warn(
				`Whether this machine runs on its battery can't be told, so completions don't pause: ${fault}`,
			);
		}
	}

	#set(source: PowerSource): void {
		const isOnBattery = source === "battery";
		if (isOnBattery !== this.#isOnBattery) {
			this.#isOnBattery = isOnBattery;
			this.#options.onDidChange();
		}
	}
}
