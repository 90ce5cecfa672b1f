import { assert } from "../../../src/base/assert.ts";
import type { Backend, KvCache, Logits } from "../../../src/engine/backend.ts";
import type { TokenId } from "../../../src/tokenizer/tokenizer.ts";
import {
	loadLlamaAddon,
	type ContextHandle,
	type LlamaAddon,
	type ModelHandle,
} from "./llamaAddon.ts";

export interface LlamaBackendOptions {
	readonly addonPath: string;
	readonly libraryPath: string;
	/** llama.cpp takes the best of the processor's backends that lie in here. */
	readonly backendFolder: string;
	readonly ggufPath: string;
	readonly threads: number;
}

/** Positions of llama.cpp's caches come in steps of so many. */
const capacityStep = 256;

/**
 * llama.cpp with its own defaults (model mapped into memory and repacked, float16 KV cache, flash attention
 * where it can be used) as one more {@link Backend}, so that the same programs measure it. What a pass costs
 * beside llama.cpp's own work is a call and a copy of the logits: about 10 µs.
 */
export class LlamaBackend implements Backend {
	readonly vocabularySize: number;
	readonly contextLength: number;
	readonly stopsWithinPass = false;
	/** Nothing of these caches is kept elsewhere. */
	readonly kvLayout = { id: "llama.cpp", prefixBytes: () => 0 };
	/** The instructions that llama.cpp uses, in its own words. */
	readonly features: string;
	readonly #addon: LlamaAddon;
	readonly #model: ModelHandle;
	readonly #threads: number;
	#logits = new Float32Array(0);

	constructor(options: LlamaBackendOptions) {
		this.#addon = loadLlamaAddon(options.addonPath);
		const { libraryPath, backendFolder, ggufPath } = options;
		const loaded = this.#addon.load(libraryPath, backendFolder, ggufPath);
		this.#model = loaded.model;
		this.#threads = options.threads;
		this.vocabularySize = loaded.vocabularySize;
		this.contextLength = loaded.contextLength;
		this.features = loaded.features;
	}

	createKvCache(capacity: number): LlamaKvCache {
		const rounded = Math.ceil(capacity / capacityStep) * capacityStep;
		return new LlamaKvCache(
			this.#addon,
			(positions) => this.#addon.createContext(this.#model, positions, this.#threads),
			rounded,
		);
	}

	forward(cache: KvCache, tokens: readonly TokenId[], logitRows: number): Promise<Logits> {
		assert(cache instanceof LlamaKvCache, "a cache is used with the backend that made it");
		const { vocabularySize } = this;
		const values = logitRows * vocabularySize;
		if (this.#logits.length < values) {
			this.#logits = new Float32Array(values);
		}
		const logits = this.#logits.subarray(0, values);
		this.#addon.decode(cache.context, Int32Array.from(tokens), logits, logitRows);
		cache.advance(tokens.length);
		return Promise.resolve({
			rows: logitRows,
			row: (index) => logits.subarray(index * vocabularySize, (index + 1) * vocabularySize),
		});
	}

	dispose(): Promise<void> {
		this.#addon.freeModel(this.#model);
		return Promise.resolve();
	}
}

/** A context of llama.cpp, which holds one sequence. */
class LlamaKvCache implements KvCache {
	/** llama.cpp doesn't tell. */
	readonly bytes = 0;
	readonly #addon: LlamaAddon;
	readonly #createContext: (positions: number) => ContextHandle;
	#context: ContextHandle;
	#length = 0;

	constructor(
		addon: LlamaAddon,
		createContext: (positions: number) => ContextHandle,
		capacity: number,
	) {
		this.#addon = addon;
		this.#createContext = createContext;
		this.#context = createContext(capacity);
	}

	get context(): ContextHandle {
		return this.#context;
	}

	get length(): number {
		return this.#length;
	}

	get capacity(): number {
		return this.#addon.capacity(this.#context);
	}

	advance(count: number): void {
		this.#length += count;
	}

	rewindTo(length: number): void {
		assert(length >= 0 && length <= this.#length, "a cache is rewound to an earlier position");
		this.#addon.rewind(this.#context, length);
		this.#length = length;
	}

	grow(capacity: number): void {
		if (capacity > this.capacity) {
			const grown = this.copyPrefix(this.#length, capacity);
			this.dispose();
			this.#context = grown.#context;
		}
	}

	copyPrefix(length: number, capacity: number): LlamaKvCache {
		const room = Math.max(capacity, this.#length);
		const copy = new LlamaKvCache(this.#addon, this.#createContext, room);
		this.#addon.copy(this.#context, copy.#context);
		copy.#length = this.#length;
		copy.rewindTo(length);
		return copy;
	}

	readPrefix(): void {
		assert(false, "nothing of these caches is kept elsewhere");
	}

	writePrefix(): void {
		assert(false, "nothing of these caches is kept elsewhere");
	}

	markFilled(): void {
		assert(false, "nothing of these caches is kept elsewhere");
	}

	dispose(): void {
		this.#addon.freeContext(this.#context);
	}
}
