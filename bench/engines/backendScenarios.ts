import { percentile, round } from "../../src/cli/bench/percentile.ts";
import type { TokenSupply } from "../../src/cli/bench/engineScenarios.ts";
import type { Backend, KvCache } from "../../src/engine/backend.ts";
import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

/**
 * What is timed on a {@link Backend} alone: whole passes, without sampling, scheduling or stop rules. The
 * tokens are those of real code, so that experts are chosen as they are in use.
 */

/** Over equal passes, in milliseconds. */
export interface PassTimes {
	readonly median: number;
	/** On a machine that does other work too, this is nearer to the truth. */
	readonly fastest: number;
	/**
	 * The median of what the process's threads worked, waiting apart: with one thread, the time of a pass as if
	 * the machine did nothing else. Several threads spin while they wait for each other, which counts too.
	 */
	readonly medianCpu: number;
}

interface PassTime {
	readonly wallMs: number;
	readonly cpuMs: number;
}

/** Passes that aren't counted before those that are: they touch memory and wake threads for the first time. */
const warmupPasses = 4;

const decodeSteps = 32;
const verifyPasses = 24;
const keystrokes = 24;

/** Tokens that follow a typed character. */
const answerTokens = 16;

/** One step with one row of logits, after `pastTokens` to `pastTokens` + 36 positions. */
export async function decodeMs(
	backend: Backend,
	supply: TokenSupply,
	pastTokens: number,
): Promise<PassTimes> {
	const cache = await filledCache(backend, supply, pastTokens, decodeSteps + warmupPasses);
	const times: PassTime[] = [];
	for (let step = 0; step < warmupPasses + decodeSteps; step++) {
		times.push(await timed(() => backend.forward(cache, supply(1, cache.length), 1)));
	}
	cache.dispose();
	return passTimes(times.slice(warmupPasses));
}

/** A whole prompt in one pass from an empty cache, with one row of logits. */
export async function prefillMs(
	backend: Backend,
	supply: TokenSupply,
	promptTokens: number,
	rounds: number,
): Promise<PassTimes> {
	const cache = backend.createKvCache(promptTokens);
	const times: PassTime[] = [];
	for (let pass = 0; pass <= rounds; pass++) {
		cache.rewindTo(0);
		const prompt = supply(promptTokens, 17 * pass);
		times.push(await timed(() => backend.forward(cache, prompt, 1)));
	}
	cache.dispose();
	return passTimes(times.slice(1));
}

/** A pass over `draftTokens` with all their rows of logits, each after the same `pastTokens` positions. */
export async function verifyMs(
	backend: Backend,
	supply: TokenSupply,
	pastTokens: number,
	draftTokens: number,
): Promise<PassTimes> {
	const cache = await filledCache(backend, supply, pastTokens, draftTokens);
	const times: PassTime[] = [];
	for (let pass = 0; pass < warmupPasses + verifyPasses; pass++) {
		cache.rewindTo(pastTokens);
		const draft = supply(draftTokens, pastTokens + pass * draftTokens);
		times.push(await timed(() => backend.forward(cache, draft, draftTokens)));
	}
	cache.dispose();
	return passTimes(times.slice(warmupPasses));
}

export interface TypedPasses {
	/** From the keystroke to the first likely token: one pass over the new token. */
	readonly first: PassTimes;
	/** To the end of 16 more. */
	readonly answer: PassTimes;
}

/** One more token behind a prompt that is in the cache, then a greedy answer. */
export async function typedCharacter(
	backend: Backend,
	supply: TokenSupply,
	promptTokens: number,
): Promise<TypedPasses> {
	const cache = await filledCache(backend, supply, promptTokens, 1 + answerTokens);
	const first: PassTime[] = [];
	const answer: PassTime[] = [];
	for (let key = 0; key < warmupPasses + keystrokes; key++) {
		cache.rewindTo(promptTokens);
		let likely: readonly TokenId[] = supply(1, promptTokens + key);
		const step = async (): Promise<void> => {
			const logits = await backend.forward(cache, likely, 1);
			likely = [logits.summary?.(0).best ?? likeliest(logits.row(0))];
		};
		const toFirst = await timed(step);
		const rest = await timed(async () => {
			for (let token = 0; token < answerTokens; token++) {
				await step();
			}
		});
		first.push(toFirst);
		answer.push({ wallMs: toFirst.wallMs + rest.wallMs, cpuMs: toFirst.cpuMs + rest.cpuMs });
	}
	cache.dispose();
	return {
		first: passTimes(first.slice(warmupPasses)),
		answer: passTimes(answer.slice(warmupPasses)),
	};
}

/** Fills a cache of `pastTokens` positions and takes some steps, for whoever looks at the memory then. */
export async function fillMemory(
	backend: Backend,
	supply: TokenSupply,
	pastTokens: number,
): Promise<KvCache> {
	const cache = await filledCache(backend, supply, pastTokens, answerTokens);
	for (let token = 0; token < answerTokens; token++) {
		await backend.forward(cache, supply(1, cache.length), 1);
	}
	return cache;
}

/** As long as the chunks of a prefill get in the engine, so that scratch memory is what it is in use. */
const fillChunkTokens = 512;

async function filledCache(
	backend: Backend,
	supply: TokenSupply,
	tokens: number,
	room: number,
): Promise<KvCache> {
	const cache = backend.createKvCache(tokens + room);
	while (cache.length < tokens) {
		const count = Math.min(fillChunkTokens, tokens - cache.length);
		await backend.forward(cache, supply(count, cache.length), 0);
	}
	return cache;
}

/** The most likely token of a row, the lowest id among equals. */
export function likeliest(row: Float32Array): TokenId {
	let best = 0;
	let bestValue = -Infinity;
	for (let token = 0; token < row.length; token++) {
		const value = row[token] ?? -Infinity;
		if (value > bestValue) {
			best = token;
			bestValue = value;
		}
	}
	return tokenAt(best);
}

function passTimes(times: readonly PassTime[]): PassTimes {
	const wallMs = times.map((time) => time.wallMs);
	return {
		median: round(percentile(wallMs, 0.5)),
		fastest: round(Math.min(...wallMs)),
		medianCpu: round(
			percentile(
				times.map(({ cpuMs }) => cpuMs),
				0.5,
			),
		),
	};
}

async function timed(pass: () => Promise<unknown>): Promise<PassTime> {
	const cpuBefore = process.cpuUsage();
	const start = performance.now();
	await pass();
	const wallMs = performance.now() - start;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { wallMs, cpuMs: (user + system) / 1000 };
}
