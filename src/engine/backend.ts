import type { TokenId } from "../tokenizer/tokenizer.ts";

/**
 * One loaded model. Runs forward passes and nothing else: no sampling, no scheduling, no stop rules.
 * The seam between our engine and the inference runtime, and the only part of the engine that tests replace.
 */
export interface Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	/** Room for at least `capacity` positions, which is at most `contextLength`. */
	createKvCache(capacity: number): KvCache;
	/**
	 * Appends `tokens` to `cache` and returns the logits of the last `logitRows` of them: 0 for a prefill
	 * chunk that isn't the last, 1 for the last chunk or a decode step, k + 1 to verify a draft of k.
	 *
	 * One pass at a time. It can't be cancelled once started, and may block the thread until done. Callers
	 * bound `tokens.length` and make room in `cache` first. On failure the cache keeps its old length. Rejects with an
	 * EngineError "runtimeFailed".
	 */
	forward(cache: KvCache, tokens: readonly TokenId[], logitRows: number): Promise<Logits>;
	dispose(): Promise<void>;
}

/** Keys and values of one sequence. Owned by whoever created it; never shared by two sequences. */
export interface KvCache {
	/** Positions filled so far, which is also the position of the next token. */
	readonly length: number;
	readonly capacity: number;
	/** Memory held, filled or not. */
	readonly bytes: number;
	/** Forgets every position from `length` on. Asserts that `length` is not past the end. */
	rewindTo(length: number): void;
	/** Makes room for at least `capacity` positions, keeping what is filled. */
	grow(capacity: number): void;
	/**
	 * A new cache with room for at least `capacity` positions that holds a copy of the first `length`.
	 * Copying a position costs about a thousandth of computing it.
	 */
	copyPrefix(length: number, capacity: number): KvCache;
	dispose(): void;
}

/** Row-major, `rows` × `vocabularySize`. Valid until the next `forward` on the same backend. */
export interface Logits {
	readonly rows: number;
	row(index: number): Float32Array;
}
