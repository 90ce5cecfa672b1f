import type { Clock } from "../../base/clock.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { Backend, KvCache } from "../backend.ts";
import { medianTimes, timedChunkTokens, type PassTimes } from "../passTimes.ts";

/** For so long passes are timed, once the first ones have had their kernels compiled. */
const budgetMs = 1000;
const mostRounds = 20;
/** In each round. */
const steps = 4;

/** Rows that are held against another backend's. */
const comparedRows = 8;

/** Any do, as long as the ids differ: equal tokens would all choose the same experts. */
const idStep = 7919;

export interface TimedBackend {
	readonly times: PassTimes;
	/** Logits behind some tokens, always the same for one model. */
	readonly rows: readonly Float32Array[];
}

/**
 * How long passes take on a backend, by the medians of a second. At least one round, after passes that aren't counted.
 * Rejects as {@link Backend.forward} does.
 */
export async function timeBackend(backend: Backend, clock: Clock): Promise<TimedBackend> {
	const chunkTokens = Math.min(timedChunkTokens, backend.contextLength - 1);
	const cache = backend.createKvCache(chunkTokens + 1);
	const timed = async (length: number, count: number, logitRows: number): Promise<number> => {
		cache.rewindTo(length);
		const start = clock.now();
		await backend.forward(cache, idsFrom(backend, length, count), logitRows);
		return clock.now() - start;
	};
	try {
		const rows = await sampleRows(backend, cache, chunkTokens);
		await timed(chunkTokens, 1, 1);
		await timed(0, chunkTokens, 0);
		const rounds: PassTimes[] = [];
		const start = clock.now();
		do {
			const prefillChunkMs = await timed(0, chunkTokens, 0);
			for (let step = 0; step < steps; step++) {
				rounds.push({ prefillChunkMs, decodeStepMs: await timed(chunkTokens, 1, 1) });
			}
		} while (rounds.length < mostRounds * steps && clock.now() - start < budgetMs);
		return { times: medianTimes(rounds), rows };
	} finally {
		cache.dispose();
	}
}

/** One small pass, to see whether there is any. Rejects as {@link Backend.forward} does. */
export async function runOnce(backend: Backend): Promise<void> {
	const cache = backend.createKvCache(2);
	try {
		await backend.forward(cache, idsFrom(backend, 0, 2), 1);
	} finally {
		cache.dispose();
	}
}

async function sampleRows(
	backend: Backend,
	cache: KvCache,
	chunkTokens: number,
): Promise<readonly Float32Array[]> {
	const count = Math.min(comparedRows, chunkTokens);
	const logits = await backend.forward(cache, idsFrom(backend, 0, chunkTokens), count);
	return Array.from({ length: count }, (_, index) => logits.row(index).slice());
}

const idsFrom = (
	{ vocabularySize }: Backend,
	position: number,
	count: number,
): readonly TokenId[] =>
	Array.from({ length: count }, (_, i) => tokenAt(((position + i) * idStep) % vocabularySize));

/**
 * How much of the probability of the next token lies elsewhere, in [0, 1], over rows of two backends on average. Not a number
 * where logits aren't.
 */
export function distributionDistance(
	a: readonly Float32Array[],
	b: readonly Float32Array[],
): number {
	const distances = a.map((row, i) => totalVariation(row, b[i] ?? new Float32Array(0)));
	return distances.reduce((sum, distance) => sum + distance, 0) / a.length;
}

function totalVariation(a: Float32Array, b: Float32Array): number {
	const [p, q] = [probabilities(a), probabilities(b)];
	return p.reduce((sum, value, i) => sum + Math.abs(value - (q[i] ?? NaN)) / 2, 0);
}

function probabilities(row: Float32Array): Float64Array {
	const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
	const weights = Float64Array.from(row, (value) => Math.exp(value - largest));
	const sum = weights.reduce((total, value) => total + value, 0);
	return weights.map((value) => value / sum);
}
