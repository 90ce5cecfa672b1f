import { yieldToEventLoop } from "../base/abort.ts";
import type { FinishReason, GeneratedToken } from "./engine.ts";
import type { Generation } from "./generation.ts";

export type LoopOutcome = FinishReason | "paused" | "cancelled";

/**
 * Runs `generation` pass by pass until it ends, `signal` aborts, or `mustPause` says that something more
 * urgent waits. In the last two cases it may be continued by another call.
 */
export async function runPasses(
	generation: Generation,
	signal: AbortSignal,
	mustPause: () => boolean,
	emit: (tokens: readonly GeneratedToken[]) => void,
): Promise<LoopOutcome> {
	const isCancelled = (): boolean => signal.aborted;
	for (;;) {
		if (isCancelled()) {
			return "cancelled";
		}
		const { tokens, finishReason } = await generation.step();
		if (tokens.length > 0) {
			emit(tokens);
		}
		if (finishReason !== undefined) {
			return finishReason;
		}
		// Yield before looking. A pass blocks the thread, so an abort or a more urgent request that arrived
		// meanwhile is still unread in the pipe; looked at right away it would be missed, and one more
		// pass would run.
		await yieldToEventLoop();
		if (mustPause() && !isCancelled()) {
			return "paused";
		}
	}
}
