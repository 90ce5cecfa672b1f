import { assert } from "../base/assert.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import { PassStopped, type Backend, type KvCache, type KvLayout, type Logits } from "./backend.ts";
import type { EngineError } from "./errors.ts";

/** What is known of a model in a backend before any pass. */
export type BackendFacts = Pick<Backend, "vocabularySize" | "contextLength" | "kvLayout">;

/** Of the caches that a kind of backend makes, whatever it makes them of. */
export type CacheClass<Cache extends KvCache> = abstract new (...parameters: never) => Cache;

/**
 * A backend that holds its callers to what {@link Backend.forward} asks of them: whatever runs a pass begins with a cache of its own
 * kind that has room, with tokens, and alone.
 */
export abstract class SerialBackend<Cache extends KvCache> implements Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	abstract readonly stopsWithinPass: boolean;
	readonly kvLayout: KvLayout;
	readonly #kvCacheClass: CacheClass<Cache>;
	#isRunning = false;

	/** `kvCacheClass` is that of the caches that this kind of backend makes. */
	protected constructor(
		kvCacheClass: CacheClass<Cache>,
		{ vocabularySize, contextLength, kvLayout }: BackendFacts,
	) {
		this.#kvCacheClass = kvCacheClass;
		this.vocabularySize = vocabularySize;
		this.contextLength = contextLength;
		this.kvLayout = kvLayout;
	}

	abstract createKvCache(capacity: number): Cache;

	abstract dispose(): Promise<void>;

	/**
	 * Runs a pass whose arguments are checked, or leaves the cache as it was.
	 *
	 * @throws PassStopped
	 * @throws Error which {@link faultOf} says the meaning of
	 */
	protected abstract run(
		cache: Cache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal: AbortSignal | undefined,
	): Promise<Logits>;

	/** What it means that a pass over so many tokens failed. */
	protected abstract faultOf(error: unknown, tokens: number): EngineError;

	async forward(
		cache: KvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal?: AbortSignal,
	): Promise<Logits> {
		assert(cache instanceof this.#kvCacheClass, "a cache is used with the backend that made it");
		assert(tokens.length > 0 && logitRows <= tokens.length, "a pass has as many rows as tokens");
		assert(cache.length + tokens.length <= cache.capacity, "the caller has made room in the cache");
		assert(!this.#isRunning, "one pass at a time");
		this.#isRunning = true;
		try {
			return await this.run(cache, tokens, logitRows, signal);
		} catch (error) {
			throw error instanceof PassStopped ? error : this.faultOf(error, tokens.length);
		} finally {
			this.#isRunning = false;
		}
	}

	/** `rows` rows of logits that lie one after the other in `values`, which may have more behind them. */
	protected logitsIn(values: Float32Array, rows: number): Logits {
		const size = this.vocabularySize;
		return {
			rows,
			row: (index) => {
				assert(index >= 0 && index < rows, "a row that was asked for");
				return values.subarray(index * size, (index + 1) * size);
			},
		};
	}
}
