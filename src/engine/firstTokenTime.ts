import * as z from "zod";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { tokenAt } from "../tokenizer/tokenIds.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Backend } from "./backend.ts";
import { EngineError } from "./errors.ts";
import {
	RememberedMeasurements,
	type MeasuredOn,
	type MeasurementKind,
} from "./rememberedMeasurements.ts";

/** A prompt of the default length. */
const promptTokens = 1024;
const chunkTokens = 64;
/** Reading ends after this much; what is timed then stands behind a shorter prompt. */
const readingBudgetMs = 1000;
/** What a character that is typed usually adds to a prompt, token healing included. */
const typedTokens = 2;
const timedPasses = 9;
/** Any do, as long as the ids differ: equal tokens would all choose the same experts. */
const idStep = 7919;

const firstTokenTimes: MeasurementKind<number> = {
	fileName: "first-token-times.json",
	value: z.number().nonnegative(),
	subject: "how soon the first token comes after a typed character",
	consequence: "the next start times it again",
};

/**
 * How long the first token takes after a typed character, in milliseconds: the median of passes over two tokens behind
 * a prompt. Takes a second and a half at most unless single passes take long. Rejects as {@link Backend.forward} does.
 */
export async function timeFirstToken(backend: Backend, clock: Clock): Promise<number> {
	const promptEnd = Math.min(promptTokens, backend.contextLength - typedTokens);
	const cache = backend.createKvCache(promptEnd + typedTokens);
	const idsFrom = (position: number, count: number): readonly TokenId[] =>
		Array.from({ length: count }, (_, i) =>
			tokenAt(((position + i) * idStep) % backend.vocabularySize),
		);
	try {
		const start = clock.now();
		while (cache.length < promptEnd && clock.now() - start < readingBudgetMs) {
			const count = Math.min(chunkTokens, promptEnd - cache.length);
			await backend.forward(cache, idsFrom(cache.length, count), 0);
		}
		const past = cache.length;
		const times: number[] = [];
		for (let pass = 0; pass < timedPasses; pass++) {
			cache.rewindTo(past);
			const begin = clock.now();
			await backend.forward(cache, idsFrom(past, typedTokens), 1);
			times.push(clock.now() - begin);
		}
		return times.sort((a, b) => a - b)[Math.floor(timedPasses / 2)] ?? 0;
	} finally {
		cache.dispose();
	}
}

export interface FirstTokenLimit {
	readonly backend: Backend;
	/** What runs it, and how it is called. */
	readonly key: MeasuredOn;
	readonly modelName: string;
	/** In milliseconds. */
	readonly maxFirstTokenMs: number;
	readonly clock: Clock;
	/** Where the time is remembered; without it every start times it. */
	readonly cacheFolder: string | undefined;
	readonly logger: Logger;
}

/**
 * Resolves where the model is fast enough on this machine, which is timed once.
 *
 * @throws EngineError "modelTooSlow"
 */
export async function checkFirstTokenTime(limit: FirstTokenLimit): Promise<void> {
	const { backend, key, modelName, maxFirstTokenMs, clock, cacheFolder, logger } = limit;
	const remembered =
		cacheFolder === undefined
			? undefined
			: new RememberedMeasurements(cacheFolder, firstTokenTimes, logger);
	let timeMs = await remembered?.find(key);
	if (timeMs === undefined) {
		timeMs = await timeFirstToken(backend, clock);
		logger.info(
			`${modelName} takes ${timeMs.toFixed(1)} ms to the first token after a typed character here.`,
		);
		await remembered?.remember(key, timeMs);
	}
	if (timeMs > maxFirstTokenMs) {
		throw new EngineError(
			"modelTooSlow",
			`${modelName} takes ${timeMs.toFixed(1)} ms to the first token after a typed character on this machine, where ${maxFirstTokenMs} are allowed.`,
		);
	}
}
