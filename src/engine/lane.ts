import PQueue from "p-queue";
import type { RequestPriority } from "./engine.ts";
import { EngineError } from "./errors.ts";

/**
 * Rank of each priority in the queue, higher first. A request that was paused waits half a rank above
 * its equals that have not started: its prompt is prefilled, and it came first.
 */
const rankOf: Readonly<Record<RequestPriority, number>> = { completion: 3, chat: 2, background: 1 };
const pausedBonus = 0.5;
const allRanks = Object.values(rankOf).flatMap((rank) => [rank, rank + pausedBonus]);

/** What one slice of work came to: paused work is queued again behind what made it pause. */
export type SliceOutcome = "finished" | "paused";

/**
 * The one lane in front of the model. One request runs at a time; the others wait by priority, then by
 * age. One at a time, because a forward pass uses every core anyway, and batching two requests would tie
 * the latency of a completion to the length of a chat answer.
 *
 * A request occupies the lane in slices. After every forward pass it asks {@link mustPause}; when a more
 * urgent request waits, it ends its slice, keeps its KV cache, and queues up again.
 */
export class Lane {
	readonly #queue = new PQueue({ concurrency: 1 });
	readonly #maxWaiting: number;
	#watcher: { readonly priority: RequestPriority; readonly onArrival: () => void } | undefined;

	/** `maxWaiting` bounds each priority by itself, so that background work can't shut completions out. */
	constructor(maxWaiting: number) {
		this.#maxWaiting = maxWaiting;
	}

	/** Whether a more urgent request waits than one of `priority`. */
	mustPause(priority: RequestPriority): boolean {
		return (
			this.#queue.size > 0 &&
			allRanks.some(
				(rank) => isMoreUrgent(rank, priority) && this.#queue.sizeBy({ priority: rank }) > 0,
			)
		);
	}

	/**
	 * For the slice that runs: calls `onArrival` whenever a more urgent request than one of `priority` begins to wait.
	 * Returns how to end that.
	 */
	watch(priority: RequestPriority, onArrival: () => void): () => void {
		const watcher = { priority, onArrival };
		this.#watcher = watcher;
		return () => {
			if (this.#watcher === watcher) {
				this.#watcher = undefined;
			}
		};
	}

	/**
	 * Runs `slice` when its turn comes, and again until it is finished. Returns "cancelled" when `signal`
	 * aborts while waiting, before the first slice or between two. A running slice is never cut off: it
	 * looks at the signal itself, and nothing else runs until it returns.
	 *
	 * Throws EngineError "queueFull" at once, and whatever `slice` throws.
	 */
	async occupy(
		priority: RequestPriority,
		signal: AbortSignal,
		slice: () => Promise<SliceOutcome>,
	): Promise<"finished" | "cancelled"> {
		const rank = rankOf[priority];
		if (this.#queue.sizeBy({ priority: rank }) >= this.#maxWaiting) {
			throw new EngineError(
				"queueFull",
				`More than ${this.#maxWaiting} requests of one kind wait for the model; try again when it is less busy.`,
			);
		}
		let outcome = await this.#waitAndRun(rank, signal, slice);
		while (outcome === "paused") {
			outcome = await this.#waitAndRun(rank + pausedBonus, signal, slice);
		}
		return outcome;
	}

	async #waitAndRun(
		rank: number,
		signal: AbortSignal,
		slice: () => Promise<SliceOutcome>,
	): Promise<SliceOutcome | "cancelled"> {
		if (signal.aborted) {
			return "cancelled";
		}
		// The queue gets a signal of its own that fires only while the work waits. Given the request's,
		// p-queue would free the lane as soon as it aborts, and the next request would start a forward
		// pass while this one's still runs.
		const waiting = new AbortController();
		const leave = (): void => {
			waiting.abort();
		};
		signal.addEventListener("abort", leave, { once: true });
		try {
			const ended = this.#queue.add(
				() => {
					signal.removeEventListener("abort", leave);
					return slice();
				},
				{ priority: rank, signal: waiting.signal },
			);
			if (this.#watcher !== undefined && isMoreUrgent(rank, this.#watcher.priority)) {
				this.#watcher.onArrival();
			}
			return await ended;
		} catch (error) {
			if (waiting.signal.aborted) {
				return "cancelled";
			}
			throw error;
		} finally {
			signal.removeEventListener("abort", leave);
		}
	}
}

/** More than a request of `priority` that was paused. */
function isMoreUrgent(rank: number, priority: RequestPriority): boolean {
	return rank > rankOf[priority] + pausedBonus;
}
