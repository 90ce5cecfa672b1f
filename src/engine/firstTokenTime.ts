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

/** Half of a default prompt: an int8 cache makes little of the rest, and it has to be read at every start that times. */
const promptTokens = 1024;
const chunkTokens = 64;
/** Reading ends after this much; what is timed then stands behind a shorter prompt. */
const readingBudgetMs = 1000;
/** What a character that is typed usually adds to a prompt, token healing included. */
const typedTokens = 2;
/** While an editor starts others want the processor too: of many passes one or the other runs undisturbed. */
const fewestPasses = 9;
const mostPasses = 40;
const timingBudgetMs = 300;
/**
 * A machine that was busy looks slow. Too slow it is only when it was so at this many starts, of which the fastest
 * counts; fast enough at the first.
 */
const slowStarts = 3;
/** Any do, as long as the ids differ: equal tokens would all choose the same experts. */
const idStep = 7919;

interface FirstTokenTime {
	/** The shortest that was measured. */
	readonly timeMs: number;
	/** At how many starts it was timed. */
	readonly starts: number;
}

const firstTokenTimes: MeasurementKind<FirstTokenTime> = {
	fileName: "first-token-times.json",
	value: z.strictObject({ timeMs: z.number().nonnegative(), starts: z.int().positive() }),
	subject: "how soon the first token comes after a typed character",
	consequence: "the next start times it again",
};

/**
 * How long the first token takes after a typed character, in milliseconds: the shortest of passes over two tokens behind
 * a prompt, since what disturbs a pass makes it longer. Takes a second and a half at most unless single passes take long.
 * Rejects as {@link Backend.forward} does.
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
		const timingStart = clock.now();
		let shortestMs = Infinity;
		for (
			let pass = 0;
			pass < fewestPasses || (pass < mostPasses && clock.now() - timingStart < timingBudgetMs);
			pass++
		) {
			cache.rewindTo(past);
			const passStart = clock.now();
			await backend.forward(cache, idsFrom(past, typedTokens), 1);
			shortestMs = Math.min(shortestMs, clock.now() - passStart);
		}
		return shortestMs;
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
	/** Where the time is remembered; without it each start times it. */
	readonly cacheFolder: string | undefined;
	readonly logger: Logger;
}

/**
 * Resolves where the model is fast enough on this machine, which is timed until that is certain.
 *
 * @throws EngineError "modelTooSlow"
 */
export async function checkFirstTokenTime(limit: FirstTokenLimit): Promise<void> {
	const { backend, key, modelName, maxFirstTokenMs, clock, cacheFolder, logger } = limit;
	const remembered =
		cacheFolder === undefined
			? undefined
			: new RememberedMeasurements(cacheFolder, firstTokenTimes, logger);
	let { timeMs, starts } = (await remembered?.find(key)) ?? { timeMs: Infinity, starts: 0 };
	if (timeMs > maxFirstTokenMs && starts < slowStarts) {
		const measuredMs = await timeFirstToken(backend, clock);
		logger.info(
			`${modelName} takes ${measuredMs.toFixed(1)} ms to the first token after a typed character here.`,
		);
		timeMs = Math.min(timeMs, measuredMs);
		starts++;
		await remembered?.remember(key, { timeMs, starts });
	}
	if (timeMs > maxFirstTokenMs) {
		throw new EngineError(
			"modelTooSlow",
			`${modelName} takes ${timeMs.toFixed(1)} ms to the first token after a typed character on this machine, where ${maxFirstTokenMs} are allowed.`,
		);
	}
}
