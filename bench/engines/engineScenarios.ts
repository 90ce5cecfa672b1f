import { assert } from "../../src/base/assert.ts";
import { plainRequest, runToEnd, type TokenSupply } from "../../src/cli/bench/engineScenarios.ts";
import { spreadOf, type Spread } from "../../src/cli/bench/percentile.ts";
import type { Engine } from "../../src/engine/engine.ts";

/** What is timed on Mote's engine over a backend: prefix reuse, sampling and streaming included. */

const keystrokes = 40;
/** Keystrokes that aren't counted. */
const warmupKeystrokes = 3;
const answerTokens = 17;

export interface TypedCharacter {
	readonly firstTokenMs: Spread;
	/** To the end of 16 more. */
	readonly answerMs: Spread;
}

/** Small requests start at this many places of the text, so that some find the prefix of an earlier one. */
const requestPlaces = 97;
/** Memory is looked at so many times while the requests run. */
const memorySamples = 10;

/**
 * A prompt that grows by one token a keystroke, as it does in suffix-first order, and an answer of 17 tokens
 * without stop tokens or drafts.
 */
export async function typedInEngine(
	engine: Engine,
	supply: TokenSupply,
	promptTokens: number,
): Promise<TypedCharacter> {
	const first: number[] = [];
	const answer: number[] = [];
	for (let key = 0; key < warmupKeystrokes + keystrokes; key++) {
		const request = plainRequest(supply(promptTokens + key, 0), answerTokens);
		const { stats } = await runToEnd(engine, request);
		assert(stats.firstTokenMs !== undefined, "an answer without stop tokens has tokens");
		if (key >= warmupKeystrokes) {
			first.push(stats.firstTokenMs);
			answer.push(stats.totalMs);
		}
	}
	return { firstTokenMs: spreadOf(first), answerMs: spreadOf(answer) };
}

/**
 * Sends `count` small requests one after the other, and returns the memory of the process in MB at even
 * distances: the first one after a tenth of them, when everything has been touched once.
 */
export async function memoryOverRequests(
	engine: Engine,
	supply: TokenSupply,
	count: number,
): Promise<readonly number[]> {
	const sampled: number[] = [];
	const step = Math.max(1, Math.floor(count / memorySamples));
	for (let sent = 1; sent <= count; sent++) {
		const place = (sent * 31) % requestPlaces;
		const request = plainRequest(supply(24 + (sent % 40), 16 * place), 1 + (sent % 3));
		await runToEnd(engine, request);
		if (sent % step === 0) {
			globalThis.gc?.();
			sampled.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
		}
	}
	return sampled;
}
