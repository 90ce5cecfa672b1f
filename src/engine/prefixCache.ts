import { assert } from "../base/assert.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Backend, KvCache } from "./backend.ts";
import type { RequestPriority } from "./engine.ts";
import { planEviction, planReuse, type KeepLimits, type KeptPrefix } from "./prefixReuse.ts";

/** The logits row after the first `after` tokens of a sequence. */
export interface RememberedLogits {
	readonly after: number;
	readonly row: Float32Array;
}

/** A KV cache with what it is filled with, on its way back. */
export interface FilledCache {
	readonly kv: KvCache;
	readonly tokens: readonly TokenId[];
	/** After a prompt that the tokens begin with. */
	readonly logits: RememberedLogits | undefined;
	readonly priority: RequestPriority;
}

interface Entry extends FilledCache, KeptPrefix {}

/**
 * Owns the KV caches that no request uses. A request acquires one that already holds the beginning of its
 * prompt, or a fresh one, and releases it when it ends for whatever reason: also what an aborted request
 * has prefilled is worth keeping, for the next keystroke's prompt begins with it.
 *
 * Memory is bounded by {@link KeepLimits} plus the caches in use, of which there is at most one for each
 * priority.
 */
export class PrefixCache {
	readonly #backend: Backend;
	readonly #limits: KeepLimits;
	/** Newest last. No entry's tokens are a prefix of a newer one's. */
	#entries: Entry[] = [];

	constructor(backend: Backend, limits: KeepLimits) {
		this.#backend = backend;
		this.#limits = limits;
	}

	/**
	 * A cache filled with a beginning of `prompt`, with room for `capacity` positions. The caller owns it
	 * until {@link release} or its disposal. Where `needsLogits` and it holds the whole prompt, the logits
	 * after the prompt come with it.
	 */
	acquire(
		prompt: readonly TokenId[],
		capacity: number,
		needsLogits: boolean,
	): { readonly kv: KvCache; readonly logits: RememberedLogits | undefined } {
		const plan = planReuse(this.#entries, prompt, needsLogits);
		if (plan.kind === "fresh") {
			return { kv: this.#backend.createKvCache(capacity), logits: undefined };
		}
		const entry = this.#entries[plan.index];
		assert(entry !== undefined, "the plan names a kept cache");
		const logits = plan.length === entry.logits?.after ? entry.logits : undefined;
		if (plan.kind === "copy") {
			return { kv: entry.kv.copyPrefix(plan.length, capacity), logits };
		}
		this.#entries.splice(plan.index, 1);
		entry.kv.rewindTo(plan.length);
		if (entry.kv.capacity < capacity) {
			entry.kv.grow(capacity);
		}
		return { kv: entry.kv, logits };
	}

	/** Takes back a cache and drops what the limits no longer allow. */
	release(filled: FilledCache): void {
		const { kv, tokens, logits } = filled;
		assert(kv.length === tokens.length, "a kept cache holds exactly its tokens");
		if (kv.length === 0) {
			kv.dispose();
			return;
		}
		this.#entries.push({ ...filled, bytes: kv.bytes, logitsAfter: logits?.after });
		const evicted = new Set(planEviction(this.#entries, this.#limits));
		for (const index of evicted) {
			this.#entries[index]?.kv.dispose();
		}
		this.#entries = this.#entries.filter((_, index) => !evicted.has(index));
	}

	dispose(): void {
		for (const { kv } of this.#entries) {
			kv.dispose();
		}
		this.#entries = [];
	}
}
