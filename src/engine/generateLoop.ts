import { yieldToEventLoop } from "../base/abort.ts";
import type { FinishReason, GeneratedToken } from "./engine.ts";
import type { Generation, PassResult } from "./generation.ts";

export type LoopOutcome = FinishReason | "paused" | "cancelled";

/** What a request may have to make room for. */
export interface MoreUrgent {
	/** Whether something more urgent waits. */
	readonly waits: () => boolean;
	/** Calls `stop` when something comes for which even the pass that runs is to be stopped. Returns how to stop listening. */
	readonly onArrival: (stop: () => void) => () => void;
}

/**
 * Runs `generation` pass by pass until it ends, `signal` aborts, or something more urgent waits. In the last two cases
 * it may be continued by another call.
 */
export async function runPasses(
	generation: Generation,
	signal: AbortSignal,
	moreUrgent: MoreUrgent,
	emit: (tokens: readonly GeneratedToken[]) => void,
): Promise<LoopOutcome> {
	const isCancelled = (): boolean => signal.aborted;
	for (;;) {
		if (isCancelled()) {
			return "cancelled";
		}
		const { tokens, finishReason } = await runPass(generation, signal, moreUrgent);
		if (tokens.length > 0) {
			emit(tokens);
		}
		if (finishReason !== undefined) {
			return finishReason;
		}
		// Yield before looking. A pass may block the thread, so an abort or a more urgent request that arrived
		// meanwhile is still unread in the pipe; looked at right away it would be missed, and one more
		// pass would run.
		await yieldToEventLoop();
		if (moreUrgent.waits() && !isCancelled()) {
			return "paused";
		}
	}
}

/** One pass with a signal of its own: what stops one pass for a while must not stop the next. */
async function runPass(
	generation: Generation,
	signal: AbortSignal,
	moreUrgent: MoreUrgent,
): Promise<PassResult> {
	const controller = new AbortController();
	const stop = (): void => {
		controller.abort();
	};
	signal.addEventListener("abort", stop, { once: true });
	const ignoreArrivals = moreUrgent.onArrival(stop);
	try {
		return await generation.step(controller.signal);
	} finally {
		ignoreArrivals();
		signal.removeEventListener("abort", stop);
	}
}
