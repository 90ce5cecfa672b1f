import type { Clock } from "../../base/clock.ts";
import type { KeptCache, PrefixCache } from "../prefixCache.ts";
import { planSaving, savedLength } from "./planSaving.ts";
import type { SavedPrefixes } from "./savedPrefixes.ts";

/** Whoever hasn't typed for so long won't type in the next moment. */
const idleMs = 30_000;

/**
 * Between two times of writing while the engine lives: what is written at the end is what the next start wants,
 * these are for an end that nobody announced. Tens of megabytes every few minutes are little for a disk.
 */
const betweenSavesMs = 300_000;

/** At the end; a process that is asked to end has two seconds before it is killed. */
const finishMs = 1000;

export interface IdleSavingOptions {
	readonly prefixes: PrefixCache;
	readonly saved: SavedPrefixes;
	readonly clock: Clock;
}

/** Writes kept KV caches to the disk while no request runs: a request that comes ends the writing. */
export class IdleSaving {
	readonly #options: IdleSavingOptions;
	/** Ends the waiting and the writing of now. */
	#idle = new AbortController();
	/** The end of all writing so far; never rejects. */
	#last: Promise<void> = Promise.resolve();
	#lastSavedMs = -Infinity;

	constructor(options: IdleSavingOptions) {
		this.#options = options;
	}

	/** A request comes. */
	pause(): void {
		this.#idle.abort();
	}

	/** No request is left. */
	resume(): void {
		this.#idle = new AbortController();
		void this.#saveWhenIdle(this.#idle.signal);
	}

	/** Writes what is worth it, within a second. No request runs or comes; the caches stay until then. Never rejects. */
	async finish(): Promise<void> {
		this.pause();
		const over = new AbortController();
		const late = new AbortController();
		void this.#options.clock.sleep(finishMs, over.signal).then(() => {
			late.abort();
		});
		await this.#save(late.signal);
		over.abort();
	}

	async #saveWhenIdle(signal: AbortSignal): Promise<void> {
		const { clock } = this.#options;
		// Until then it isn't known when the last one was written.
		await this.#last;
		const sinceLastMs = clock.now() - this.#lastSavedMs;
		await clock.sleep(Math.max(idleMs, betweenSavesMs - sinceLastMs), signal);
		if (!signal.aborted) {
			await this.#save(signal);
		}
	}

	#save(signal: AbortSignal): Promise<void> {
		this.#last = this.#last.then(() => this.#saveNow(signal));
		return this.#last;
	}

	async #saveNow(signal: AbortSignal): Promise<void> {
		const { prefixes, saved, clock } = this.#options;
		// A copy: a request that comes takes its cache out of the list.
		const kept = [...prefixes.kept];
		for (const index of planSaving(kept, saved.all)) {
			const cache = kept[index];
			const isWanted = (): boolean =>
				!signal.aborted && cache !== undefined && prefixes.kept.includes(cache);
			if (cache !== undefined && isWanted()) {
				await saved.save(contentOf(cache), isWanted);
				this.#lastSavedMs = clock.now();
			}
		}
	}
}

function contentOf(cache: KeptCache): Parameters<SavedPrefixes["save"]>[0] {
	const length = savedLength(cache);
	return {
		tokens: cache.tokens.slice(0, length),
		kv: cache.kv,
		logits: cache.logits?.row,
	};
}
