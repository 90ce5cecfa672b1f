import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Backend, KvCache, KvLayout, Logits } from "./backend.ts";
import { EngineError } from "./errors.ts";
import { ForwardingKvCache } from "./forwardingKvCache.ts";

export interface FallbackOptions {
	/** Runs until a pass of it fails or takes too long. */
	readonly primary: Backend;
	/**
	 * Opens what runs from then on, for the same model; its KV caches have the same bytes. Also called for a pass that takes long: if
	 * that comes to its end after all, what was opened is disposed of. Where it rejects, each later pass calls it once more.
	 */
	readonly openStandIn: () => Promise<Backend>;
	/**
	 * Longest pass, in milliseconds; longer only where opening the stand-in takes so long. A primary that blocks the thread can't be
	 * given up at its end; one that can be killed is.
	 */
	readonly maxPassMs: number;
	/** By how much longer a pass may take for each byte of its cache that it has to bring to where it runs. */
	readonly msPerByte: number;
	readonly clock: Clock;
	/** Hears why the primary runs no pass any more, once; a stand-in may still have to be opened. */
	readonly onFallback: (cause: unknown) => void;
}

/**
 * Of the longest pass: from here on the other is opened in case, so that who waits doesn't wait for both. Loading takes about as
 * long as is left.
 */
const doubtShare = 0.5;

/** What was answered while the thread was blocked is read within so long. */
const answerReadMs = 100;

/**
 * A backend that may disappear, and one that takes over, within a pass and without a pause: what the KV caches hold lies in
 * ordinary memory and is good for both. Nobody who asks for a pass hears of it.
 */
export class FallbackBackend implements Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	/** The primary's: values that the stand-in has computed since differ in their rounding only. */
	readonly kvLayout: KvLayout;
	readonly #options: FallbackOptions;
	/** A pass of the primary has failed: it runs none any more, whether there is a stand-in or not. */
	#isPrimaryLost = false;
	#standIn: Backend | undefined;
	/** What is opened in case. */
	#prepared: Promise<Backend> | undefined;
	/** A pass that was given up, and may still be running. */
	#hanging: Promise<unknown> | undefined;

	constructor(options: FallbackOptions) {
		const { vocabularySize, contextLength, kvLayout } = options.primary;
		this.#options = options;
		this.vocabularySize = vocabularySize;
		this.contextLength = contextLength;
		this.kvLayout = kvLayout;
	}

	get stopsWithinPass(): boolean {
		return this.#current.stopsWithinPass;
	}

	get takeovers(): number {
		return this.#standIn === undefined ? 0 : 1;
	}

	createKvCache(capacity: number): KvCache {
		return new MovableKvCache(this.#current, this.#current.createKvCache(capacity));
	}

	async forward(
		cache: KvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal?: AbortSignal,
	): Promise<Logits> {
		assert(cache instanceof MovableKvCache, "a cache is used with the backend that made it");
		if (!this.#isPrimaryLost) {
			try {
				return await this.#passOfPrimary(cache, tokens, logitRows, signal);
			} catch (error) {
				if (!isFault(error)) {
					this.#forgetPrepared();
					throw error;
				}
				this.#losePrimary(error);
			}
		}
		this.#standIn ??= await this.#takeStandIn();
		const standIn = this.#standIn;
		const moved = cache.in(standIn, this.#hanging !== undefined);
		return await standIn.forward(moved, tokens, logitRows, signal);
	}

	async dispose(): Promise<void> {
		this.#forgetPrepared();
		if (this.#isPrimaryLost) {
			await this.#standIn?.dispose();
		} else {
			await this.#options.primary.dispose();
		}
	}

	/** What caches are made for; those of a primary that is lost, but not replaced, lie in ordinary memory and are moved later. */
	get #current(): Backend {
		return this.#standIn ?? this.#options.primary;
	}

	async #passOfPrimary(
		cache: MovableKvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal: AbortSignal | undefined,
	): Promise<Logits> {
		const { primary, openStandIn, clock } = this.#options;
		const beganMs = clock.now();
		const target = cache.in(primary, false);
		// Before the pass, which brings them.
		const bringMs = (target.bytesElsewhere ?? 0) * this.#options.msPerByte;
		const maxPassMs = this.#options.maxPassMs + bringMs;
		const pass = primary.forward(target, tokens, logitRows, signal);
		const doubtMs = maxPassMs * doubtShare;
		const early = await this.#orLate(pass, doubtMs);
		if (early !== "late") {
			return early;
		}
		this.#prepared = openStandIn();
		// Whether it can be opened matters where it is needed.
		const opened = this.#prepared.then(
			() => "opened" as const,
			() => "opened" as const,
		);
		// Loading may block the thread: what the device has answered meanwhile can only be read afterwards. Who waits for a
		// pass that hangs has to wait for the other in any case.
		const beside = await Promise.race([pass, opened]);
		const leftMs = Math.max(answerReadMs, maxPassMs - (clock.now() - beganMs));
		const found = beside === "opened" ? await this.#orLate(pass, leftMs) : beside;
		if (found === "late") {
			// What becomes of it nobody waits for.
			this.#hanging = pass.catch((error: unknown) => error);
			primary.kill?.();
			throw new PassTooLong(maxPassMs);
		}
		this.#forgetPrepared();
		return found;
	}

	async #orLate<Result>(work: Promise<Result>, limitMs: number): Promise<Result | "late"> {
		const ended = new AbortController();
		const limit = this.#options.clock.sleep(limitMs, ended.signal).then(() => "late" as const);
		try {
			return await Promise.race([work, limit]);
		} finally {
			ended.abort();
		}
	}

	#forgetPrepared(): void {
		const prepared = this.#prepared;
		this.#prepared = undefined;
		void prepared?.then(
			(backend) => backend.dispose(),
			() => undefined,
		);
	}

	#losePrimary(cause: unknown): void {
		const { primary, onFallback } = this.#options;
		this.#isPrimaryLost = true;
		onFallback(cause);
		const free = (): Promise<void> => primary.dispose().catch(() => undefined);
		// Not while a pass may use it. A device that is gone can't give anything back.
		void (this.#hanging === undefined ? free() : this.#hanging.then(free));
	}

	async #takeStandIn(): Promise<Backend> {
		const prepared = this.#prepared;
		this.#prepared = undefined;
		const standIn = await (prepared ?? this.#options.openStandIn());
		assert(
			standIn.vocabularySize === this.vocabularySize &&
				standIn.kvLayout.prefixBytes(1) === this.kvLayout.prefixBytes(1),
			"both run the same model",
		);
		return standIn;
	}
}

/** What a pass was given up for. */
class PassTooLong extends Error {
	override readonly name = "PassTooLong";

	constructor(limitMs: number) {
		super(`a pass took longer than ${(limitMs / 1000).toFixed(1)} s`);
	}
}

/** Whether a rejection says something about the backend, and not about what it was asked for. */
const isFault = (error: unknown): boolean =>
	error instanceof PassTooLong || (error instanceof EngineError && error.code === "runtimeFailed");

/** Largest piece that is copied at a time. */
const pieceBytes = 4 * 2 ** 20;

/** A KV cache that follows the model into another backend when it is used there. */
class MovableKvCache extends ForwardingKvCache {
	#owner: Backend;
	#cache: KvCache;

	constructor(owner: Backend, cache: KvCache) {
		super();
		this.#owner = owner;
		this.#cache = cache;
	}

	/** The cache as `backend` has it. What a pass that hangs may still use is left to the collector. */
	in(backend: Backend, mayHang: boolean): KvCache {
		if (this.#owner !== backend) {
			const from = this.#cache;
			this.#cache = copyInto(backend, from);
			this.#owner = backend;
			if (!mayHang) {
				from.dispose();
			}
		}
		return this.#cache;
	}

	protected override get target(): KvCache {
		return this.#cache;
	}

	copyPrefix(length: number, capacity: number): MovableKvCache {
		return new MovableKvCache(this.#owner, this.#cache.copyPrefix(length, capacity));
	}
}

function copyInto(backend: Backend, from: KvCache): KvCache {
	const { length } = from;
	const to = backend.createKvCache(from.capacity);
	const bytes = backend.kvLayout.prefixBytes(length);
	const piece = new Uint8Array(Math.min(bytes, pieceBytes));
	for (let start = 0; start < bytes; start += piece.length) {
		const part = piece.subarray(0, Math.min(piece.length, bytes - start));
		from.readPrefix(length, start, part);
		to.writePrefix(length, start, part);
	}
	to.markFilled(length);
	return to;
}
