import { assert } from "../../base/assert.ts";
import { systemClock } from "../../base/clock.ts";
import {
	greedySampling,
	type Engine,
	type GenerateRequest,
	type GenerateResult,
} from "../../engine/engine.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import { percentile, round, spreadOf, type Spread } from "./percentile.ts";

/** Tokens of real code in a loop of any length: what the engine is timed on. */
export type TokenSupply = (count: number, start: number) => readonly TokenId[];

/** Supplies `count` tokens of `source` from `start` on, beginning again at its end. */
export function cyclicTokens(source: readonly TokenId[]): TokenSupply {
	return (count, start) =>
		Array.from({ length: count }, (_, index) => {
			const token = source[(start + index) % source.length];
			assert(token !== undefined, "a token supply needs tokens");
			return token;
		});
}

/** Plain decode steps after `pastTokens` positions: median milliseconds a token over `rounds` runs of 32. */
export async function decodeMsPerToken(
	engine: Engine,
	supply: TokenSupply,
	pastTokens: number,
	rounds: number,
): Promise<number> {
	const msPerToken: number[] = [];
	for (let round = 0; round <= rounds; round++) {
		const { stats } = await runToEnd(engine, plainRequest(supply(Math.max(1, pastTokens), 0), 33));
		assert(stats.firstTokenMs !== undefined, "a decode run without stop tokens yields tokens");
		// The first run also prefills and warms the runtime up.
		if (round > 0) {
			msPerToken.push((stats.totalMs - stats.firstTokenMs) / (stats.generatedTokens - 1));
		}
	}
	return round(percentile(msPerToken, 0.5));
}

/** Prefill of `promptTokens` into an empty KV cache: median tokens a second over `rounds` runs. */
export async function prefillTokensPerSecond(
	engine: Engine,
	supply: TokenSupply,
	promptTokens: number,
	rounds: number,
): Promise<number> {
	const rates: number[] = [];
	for (let round = 0; round <= rounds; round++) {
		// Another start each time, so that no KV cache can be reused.
		const { stats } = await runToEnd(engine, plainRequest(supply(promptTokens, 17 * round + 1), 0));
		if (round > 0) {
			rates.push((1000 * stats.prefilledTokens) / (stats.totalMs - stats.queuedMs));
		}
	}
	return Math.round(percentile(rates, 0.5));
}

/**
 * Time from aborting a request in the middle of a long prefill until its generator has ended, which is
 * when the next request can run.
 */
export async function cancelMs(
	engine: Engine,
	supply: TokenSupply,
	promptTokens: number,
	rounds: number,
): Promise<Spread> {
	const waits: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const controller = new AbortController();
		const running = runToEnd(
			engine,
			plainRequest(supply(promptTokens, 31 * round + 1), 0),
			controller.signal,
		);
		// Spread over the phases of a chunk: where the abort falls in a pass decides how long it waits.
		await systemClock.sleep(20 + 7 * (round % 11));
		const abortedAt = systemClock.now();
		controller.abort();
		const result = await running;
		if (result.finishReason === "aborted") {
			waits.push(systemClock.now() - abortedAt);
		}
	}
	return spreadOf(waits);
}

/** A greedy request that nothing ends but its length, without drafts. */
export function plainRequest(prompt: readonly TokenId[], maxNewTokens: number): GenerateRequest {
	return {
		prompt,
		maxNewTokens,
		stopTokens: [],
		sampling: greedySampling,
		priority: "completion",
		minJointProbability: 0,
		maxDraftTokens: 0,
	};
}

/** Runs a request and forgets its tokens. */
export async function runToEnd(
	engine: Engine,
	request: GenerateRequest,
	signal: AbortSignal = new AbortController().signal,
): Promise<GenerateResult> {
	const stream = engine.generate(request, signal);
	for (;;) {
		const step = await stream.next();
		if (step.done === true) {
			return step.value;
		}
	}
}
