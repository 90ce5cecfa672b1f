import type { Backend, KvCache, KvLayout, Logits } from "../../src/engine/backend.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

/** One forward pass that has begun. */
export interface WatchedPass {
	/** Where the pass's tokens begin in their sequence. */
	readonly past: number;
	readonly tokens: readonly TokenId[];
}

/**
 * A real backend, watched. With `mayWrite` the model writes those tokens only: one of random weights would
 * write broken characters and end at any moment.
 */
export class WatchedBackend implements Backend {
	readonly passes: WatchedPass[] = [];
	readonly #backend: Backend;
	readonly #forbidden: readonly number[];

	constructor(backend: Backend, mayWrite: (token: number) => boolean = () => true) {
		this.#backend = backend;
		this.#forbidden = [...Array(backend.vocabularySize).keys()].filter((id) => !mayWrite(id));
	}

	get vocabularySize(): number {
		return this.#backend.vocabularySize;
	}

	get contextLength(): number {
		return this.#backend.contextLength;
	}

	get kvLayout(): KvLayout {
		return this.#backend.kvLayout;
	}

	createKvCache(capacity: number): KvCache {
		return this.#backend.createKvCache(capacity);
	}

	get stopsWithinPass(): boolean {
		return this.#backend.stopsWithinPass;
	}

	async forward(
		cache: KvCache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal?: AbortSignal,
	): Promise<Logits> {
		this.passes.push({ past: cache.length, tokens });
		const logits = await this.#backend.forward(cache, tokens, logitRows, signal);
		return {
			rows: logits.rows,
			row: (index) => {
				const row = logits.row(index).slice();
				for (const id of this.#forbidden) {
					row[id] = -1e9;
				}
				return row;
			},
		};
	}

	dispose(): Promise<void> {
		return this.#backend.dispose();
	}
}
