import { assert } from "../../base/assert.ts";
import type { RowSummary } from "../../tokenizer/rowSummary.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import { PassStopped, type Backend, type KvCache, type KvLayout, type Logits } from "../backend.ts";
import type { EngineError } from "../errors.ts";
import type { NativeDeviceSession, NativeSession } from "./addon.ts";

/** What is known of rows without reading them. */
export type Summaries = (index: number) => RowSummary;

/**
 * A model in a session of the addon. Passes run on threads of their own and can be stopped; whether on the processor or on a
 * device is what differs.
 */
export abstract class AddonBackend<
	Session extends NativeSession | NativeDeviceSession,
	Cache extends KvCache,
> implements Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	readonly stopsWithinPass = true;
	readonly kvLayout: KvLayout;
	protected readonly session: Session;
	/** Reused for every pass, as the interface allows. */
	#rows: Float32Array;
	#isRunning = false;

	protected constructor(
		session: Session,
		{
			vocabularySize,
			contextLength,
			kvLayout,
		}: Pick<Backend, "vocabularySize" | "contextLength" | "kvLayout">,
	) {
		this.vocabularySize = vocabularySize;
		this.contextLength = contextLength;
		this.kvLayout = kvLayout;
		this.session = session;
		this.#rows = new Float32Array(vocabularySize);
	}

	abstract createKvCache(capacity: number): Cache;

	/** Whether this kind of backend has made it. */
	protected abstract isOwn(cache: KvCache): cache is Cache;

	/** Runs a pass whose arguments are checked. Resolves to whether it was done, and not stopped. */
	protected abstract run(cache: Cache, tokens: Int32Array, logitRows: number): Promise<boolean>;

	/** What a rejection of {@link run} means, which was over so many tokens. */
	protected abstract faultOf(error: unknown, tokens: number): EngineError;

	/** Of the pass that was done last; undefined where whoever wants to know reads the rows. */
	protected abstract summaries(rows: number): Summaries | undefined;

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
		if (signal?.aborted === true) {
			throw new PassStopped();
		}
		const stop = (): void => {
			this.session.stop();
		};
		signal?.addEventListener("abort", stop);
		this.#isRunning = true;
		let isDone;
		try {
			this.#makeRoom(logitRows);
			isDone = await this.run(cache, Int32Array.from(tokens), logitRows);
		} catch (error) {
			throw this.faultOf(error, tokens.length);
		} finally {
			this.#isRunning = false;
			signal?.removeEventListener("abort", stop);
		}
		if (!isDone) {
			throw new PassStopped();
		}
		return this.#logits(logitRows);
	}

	dispose(): Promise<void> {
		this.session.dispose();
		return Promise.resolve();
	}

	#makeRoom(rows: number): void {
		if (this.#rows.length < rows * this.vocabularySize) {
			this.#rows = new Float32Array(rows * this.vocabularySize);
		}
	}

	#logits(rows: number): Logits {
		const size = this.vocabularySize;
		const values = this.#rows;
		const summary = this.summaries(rows);
		return {
			rows,
			row: (index) => {
				assert(index >= 0 && index < rows, "a row that was asked for");
				const row = values.subarray(index * size, (index + 1) * size);
				this.session.readLogits(index, row);
				return row;
			},
			...(summary !== undefined && { summary }),
		};
	}
}
