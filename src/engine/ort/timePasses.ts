import type { Clock } from "../../base/clock.ts";
import type { Backend, KvCache } from "../backend.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";
import { timedChunkTokens, type PassTimes } from "../passTimes.ts";
import type { ExpertsGraph } from "./graphChoice.ts";

/** Enough for a median; every round costs somebody's start. */
const maxRounds = 5;
/** A further round begins only within this much: without AVX-512 one round of QMoE takes half a second alone. */
const budgetMs = 300;

/** Any do, as long as the ids differ: equal tokens would all choose the same experts. */
const idStep = 7919;

/**
 * Times passes of the same model in two graphs, by turns, so that whatever else runs on the machine slows
 * both. At least one round, after a pass that isn't counted. Rejects as {@link Backend.forward} does.
 */
export async function timePasses(
	backends: Readonly<Record<ExpertsGraph, Backend>>,
	clock: Clock,
): Promise<Readonly<Record<ExpertsGraph, readonly PassTimes[]>>> {
	const qmoe = new TimedBackend(backends.qmoe, clock);
	const portable = new TimedBackend(backends.portable, clock);
	const times: Record<ExpertsGraph, PassTimes[]> = { qmoe: [], portable: [] };
	try {
		await qmoe.pass(1);
		await portable.pass(1);
		const start = clock.now();
		do {
			times.qmoe.push(await qmoe.round());
			times.portable.push(await portable.round());
		} while (times.qmoe.length < maxRounds && clock.now() - start < budgetMs);
		return times;
	} finally {
		qmoe.dispose();
		portable.dispose();
	}
}

/** A backend with a KV cache of its own, which every pass fills from its start. */
class TimedBackend {
	readonly #backend: Backend;
	readonly #clock: Clock;
	readonly #chunkTokens: number;
	readonly #cache: KvCache;

	constructor(backend: Backend, clock: Clock) {
		this.#backend = backend;
		this.#clock = clock;
		this.#chunkTokens = Math.min(timedChunkTokens, backend.contextLength);
		this.#cache = backend.createKvCache(this.#chunkTokens);
	}

	async round(): Promise<PassTimes> {
		const decodeStepMs = await this.pass(1, 1);
		return { decodeStepMs, prefillChunkMs: await this.pass(this.#chunkTokens) };
	}

	async pass(tokens: number, logitRows = 0): Promise<number> {
		const ids = Array.from({ length: tokens }, (_, i) =>
			tokenAt((i * idStep) % this.#backend.vocabularySize),
		);
		this.#cache.rewindTo(0);
		const start = this.#clock.now();
		await this.#backend.forward(this.#cache, ids, logitRows);
		return this.#clock.now() - start;
	}

	dispose(): void {
		this.#cache.dispose();
	}
}
