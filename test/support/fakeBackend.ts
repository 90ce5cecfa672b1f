import { assert } from "../../src/base/assert.ts";
import {
	PassStopped,
	type Backend,
	type KvCache,
	type KvLayout,
	type Logits,
} from "../../src/engine/backend.ts";
import { EngineError } from "../../src/engine/errors.ts";
import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

export interface FakeBackendOptions {
	readonly vocabularySize?: number;
	readonly contextLength?: number;
	/** A pass whose signal has aborted when `onPass` is done has not been; default false. */
	readonly stopsWithinPass?: boolean;
	/** The logits for the token after `history`. Default: {@link hashedLogits}. */
	readonly predict?: (history: readonly TokenId[], vocabularySize: number) => Float32Array;
	/** What each of its caches says of itself; nothing unless given. */
	readonly bytesElsewhere?: number;
	/** Called in each pass with its description; may wait, until it is stopped, and fails the pass by throwing. */
	readonly onPass?: (pass: Pass, stop: AbortSignal | undefined) => Promise<void> | void;
}

export interface Pass {
	/** Counted from 0. */
	readonly index: number;
	readonly past: number;
	readonly tokens: readonly TokenId[];
	readonly logitRows: number;
}

/**
 * A deterministic Backend without weights. Its KV caches hold the tokens themselves, so that a wrong rewind
 * or a mixed-up cache changes the logits. Records every pass in order, counts the caches that are alive,
 * and asserts what a real runtime would not survive: two passes at once, a disposed cache, no room.
 */
export class FakeBackend implements Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	readonly stopsWithinPass: boolean;
	readonly kvLayout: KvLayout = { id: "fake tokens, int32", prefixBytes: (length) => 4 * length };
	readonly passes: Pass[] = [];
	/** Of `passes`, the indices of those that were stopped. */
	readonly stoppedPasses: number[] = [];
	liveCaches = 0;
	disposed = false;
	readonly bytesElsewhere: number | undefined;
	readonly #predict: NonNullable<FakeBackendOptions["predict"]>;
	readonly #onPass: NonNullable<FakeBackendOptions["onPass"]>;
	#running = false;

	constructor(options: FakeBackendOptions = {}) {
		this.vocabularySize = options.vocabularySize ?? 32;
		this.contextLength = options.contextLength ?? 4096;
		this.stopsWithinPass = options.stopsWithinPass ?? false;
		this.bytesElsewhere = options.bytesElsewhere;
		this.#predict = options.predict ?? hashedLogits();
		this.#onPass = options.onPass ?? (() => undefined);
	}

	createKvCache(capacity: number): FakeKvCache {
		assert(capacity <= this.contextLength, "a cache is no longer than the context");
		return new FakeKvCache(this, capacity);
	}

	async forward(
		cache: KvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal?: AbortSignal,
	): Promise<Logits> {
		assert(!this.#running, "one pass at a time");
		assert(cache instanceof FakeKvCache && !cache.disposed, "the cache is alive");
		assert(tokens.length > 0 && logitRows <= tokens.length, "rows are tokens of the pass");
		assert(cache.length + tokens.length <= cache.capacity, "there is room");
		const pass = { index: this.passes.length, past: cache.length, tokens, logitRows };
		this.passes.push(pass);
		this.#running = true;
		try {
			await this.#onPass(pass, signal);
		} finally {
			this.#running = false;
		}
		cache.append(tokens);
		if (this.stopsWithinPass && signal?.aborted === true) {
			// What a runtime leaves behind the filled positions is anything.
			cache.rewindTo(pass.past);
			this.stoppedPasses.push(pass.index);
			throw new PassStopped();
		}
		const history = cache.tokens.slice();
		const predict = this.#predict;
		return {
			rows: logitRows,
			row: (index) => {
				assert(index >= 0 && index < logitRows, "a row that was asked for");
				const end = history.length - logitRows + index + 1;
				return predict(history.slice(0, end), this.vocabularySize);
			},
		};
	}

	dispose(): Promise<void> {
		assert(!this.#running, "not during a pass");
		this.disposed = true;
		return Promise.resolve();
	}
}

class FakeKvCache implements KvCache {
	readonly #backend: FakeBackend;
	#memory: Int32Array<ArrayBuffer>;
	#length = 0;
	disposed = false;

	constructor(backend: FakeBackend, capacity: number) {
		this.#backend = backend;
		this.#memory = new Int32Array(capacity);
		backend.liveCaches++;
	}

	get length(): number {
		return this.#length;
	}

	get capacity(): number {
		return this.#memory.length;
	}

	get bytes(): number {
		return this.#memory.byteLength;
	}

	get bytesElsewhere(): number {
		return this.#backend.bytesElsewhere ?? 0;
	}

	get tokens(): readonly TokenId[] {
		return Array.from(this.#memory.subarray(0, this.#length), tokenAt);
	}

	append(tokens: readonly TokenId[]): void {
		for (const token of tokens) {
			this.#memory[this.#length++] = token;
		}
	}

	rewindTo(length: number): void {
		assert(length >= 0 && length <= this.#length, "rewind goes back");
		this.#length = length;
	}

	grow(capacity: number): void {
		assert(capacity <= this.#backend.contextLength, "a cache is no longer than the context");
		if (capacity > this.#memory.length) {
			const grown = new Int32Array(capacity);
			grown.set(this.#memory);
			this.#memory = grown;
		}
	}

	copyPrefix(length: number, capacity: number): FakeKvCache {
		assert(length <= this.#length, "only filled positions are copied");
		const copy = new FakeKvCache(this.#backend, Math.max(length, capacity));
		copy.append(this.tokens.slice(0, length));
		return copy;
	}

	readPrefix(length: number, start: number, target: Uint8Array): void {
		assert(!this.disposed && length <= this.#length, "a prefix of a cache that is alive");
		target.set(new Uint8Array(this.#memory.buffer, start, target.length));
	}

	writePrefix(length: number, start: number, source: Uint8Array): void {
		assert(this.#length === 0 && length <= this.capacity, "an empty cache with room is written");
		new Uint8Array(this.#memory.buffer, start, source.length).set(source);
	}

	markFilled(length: number): void {
		assert(this.#length === 0 && length <= this.capacity, "an empty cache with room is filled");
		this.#length = length;
	}

	dispose(): void {
		assert(!this.disposed, "a cache is disposed once");
		this.disposed = true;
		this.#backend.liveCaches--;
	}
}

/**
 * Logits that look random and depend on the last `order` tokens only, all of them without an order. A low
 * order makes the text repeat itself, so that drafts from earlier text are often right.
 */
export function hashedLogits(order = Infinity): NonNullable<FakeBackendOptions["predict"]> {
	return (history, vocabularySize) => {
		let state = 0x811c_9dc5;
		for (const token of history.slice(-Math.min(order, history.length))) {
			state = Math.imul(state ^ (token + 1), 0x0100_0193);
		}
		const logits = new Float32Array(vocabularySize);
		for (let id = 0; id < vocabularySize; id++) {
			state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9;
			logits[id] = ((state >>> 8) / 2 ** 24) * 8;
		}
		return logits;
	};
}

/** Counts: the token after n is n + 1, with a logit that leaves it a probability of about 0.98. */
export function countingLogits(history: readonly TokenId[], vocabularySize: number): Float32Array {
	const logits = new Float32Array(vocabularySize);
	logits[((history.at(-1) ?? 0) + 1) % vocabularySize] = 8;
	return logits;
}

export function failedPass(): EngineError {
	return new EngineError("runtimeFailed", "The pass failed as the test asked.");
}
