import { assert } from "../base/assert.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Backend, KvCache, KvLayout, Logits } from "./backend.ts";

/** What is known of a model in a backend before any pass. */
export type BackendFacts = Pick<Backend, "vocabularySize" | "contextLength" | "kvLayout">;

/**
 * A backend that holds its callers to what {@link Backend.forward} asks of them: whatever runs a pass begins with a cache of its own
 * kind that has room, with tokens, and alone.
 */
export abstract class SerialBackend<Cache extends KvCache> implements Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	abstract readonly stopsWithinPass: boolean;
	readonly kvLayout: KvLayout;
	#isRunning = false;

	protected constructor({ vocabularySize, contextLength, kvLayout }: BackendFacts) {
		this.vocabularySize = vocabularySize;
		this.contextLength = contextLength;
		this.kvLayout = kvLayout;
	}

	abstract createKvCache(capacity: number): Cache;

	abstract dispose(): Promise<void>;

	/** Whether this kind of backend has made it. */
	protected abstract isOwn(cache: KvCache): cache is Cache;

	/** Runs a pass whose arguments are checked. Resolves and rejects as {@link Backend.forward} does. */
	protected abstract run(
		cache: Cache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal: AbortSignal | undefined,
	): Promise<Logits>;

	async forward(
		cache: KvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal?: AbortSignal,
	): Promise<Logits> {
		assert(this.isOwn(cache), "a cache is used with the backend that made it");
		assert(tokens.length > 0 && logitRows <= tokens.length, "a pass has as many rows as tokens");
		assert(cache.length + tokens.length <= cache.capacity, "the caller has made room in the cache");
		assert(!this.#isRunning, "one pass at a time");
		this.#isRunning = true;
		try {
			return await this.run(cache, tokens, logitRows, signal);
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
