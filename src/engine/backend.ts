import type { RowSummary } from "../tokenizer/rowSummary.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";

/**
 * One loaded model. Runs forward passes and nothing else: no sampling, no scheduling, no stop rules.
 * The seam between our engine and the inference runtime, and the only part of the engine that tests replace.
 */
export interface Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	/** Whether a pass that runs ends soon after its signal aborts. Where not, whoever wants to go on waits for its end. */
	readonly stopsWithinPass: boolean;
	readonly kvLayout: KvLayout;
	/** How often another runtime has taken over, whose passes take other times; only where that happens. */
	readonly takeovers?: number;
	/** Room for at least `capacity` positions, which is at most `contextLength`. */
	createKvCache(capacity: number): KvCache;
	/**
	 * Appends `tokens` to `cache` and returns the logits of the last `logitRows` of them: 0 for a prefill
	 * chunk that isn't the last, 1 for the last chunk or a decode step, k + 1 to verify a draft of k.
	 *
	 * One pass at a time, which may block the thread until done. Callers bound `tokens.length` and make room in `cache`
	 * first. However it fails the cache keeps its old length, and what its filled positions hold; those behind are
	 * undefined anyway. Rejects with an EngineError "runtimeFailed", and with {@link PassStopped} when `signal`, which
	 * only a backend that {@link stopsWithinPass} heeds, aborted before the pass was done.
	 */
	forward(
		cache: KvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal?: AbortSignal,
	): Promise<Logits>;
	/** Not while a pass runs, but for a backend that can {@link kill}. */
	dispose(): Promise<void>;
	/** Ends a pass that hangs, which rejects, and with it all else; only where that is possible. */
	kill?(): void;
}

/** A pass was stopped because its caller's signal aborted. No fault: the same pass may be run again later. */
export class PassStopped extends Error {
	override readonly name = "PassStopped";
}

/** What the memory of a backend's KV caches is worth to another one: nothing unless their ids are equal. */
export interface KvLayout {
	/**
	 * Names the order and format of the bytes that {@link KvCache.readPrefix} gives, and what computes them: runtime
	 * and version, and the graph where a model has several.
	 */
	readonly id: string;
	/** How many bytes {@link KvCache.readPrefix} has for `length` positions. */
	prefixBytes(length: number): number;
}

/** Keys and values of one sequence. Owned by whoever created it; never shared by two sequences. */
export interface KvCache {
	/** Positions filled so far, which is also the position of the next token. */
	readonly length: number;
	readonly capacity: number;
	/** Memory held, filled or not. */
	readonly bytes: number;
	/** Of what is filled, about as much has to be brought to where passes run before the next one; only where that takes time. */
	readonly bytesElsewhere?: number;
	/** Forgets every position from `length` on. Asserts that `length` is not past the end. */
	rewindTo(length: number): void;
	/** Makes room for at least `capacity` positions, keeping what is filled. */
	grow(capacity: number): void;
	/**
	 * A new cache with room for at least `capacity` positions that holds a copy of the first `length`.
	 * Copying a position costs about a thousandth of computing it.
	 */
	copyPrefix(length: number, capacity: number): KvCache;
	/**
	 * Copies bytes of the first `length` positions into `target`, for whoever keeps a prefix elsewhere: as many as it
	 * has room for, from byte `start` on, of the {@link KvLayout.prefixBytes} in an order that {@link KvLayout.id} names.
	 */
	readPrefix(length: number, start: number, target: Uint8Array): void;
	/** Brings such bytes back, into an empty cache with room for `length` positions. */
	writePrefix(length: number, start: number, source: Uint8Array): void;
	/** An empty cache now holds `length` positions: all their bytes were put in by {@link writePrefix}. */
	markFilled(length: number): void;
	dispose(): void;
}

/** Row-major, `rows` × `vocabularySize`. Valid until the next `forward` on the same backend. */
export interface Logits {
	readonly rows: number;
	row(index: number): Float32Array;
	/** Of the row, from backends that compute it: saves a loop over the whole vocabulary. */
	summary?(index: number): RowSummary;
}
