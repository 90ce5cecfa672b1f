import { assert } from "../base/assert.ts";
import { byteText } from "../base/byteText.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Backend, KvCache } from "./backend.ts";
import type { RequestPriority } from "./engine.ts";
import { EngineError } from "./errors.ts";
import { missingBytes, type MemoryCeiling } from "./memoryCeiling.ts";
import { planEviction, planReuse, type KeepLimits, type ReusePlan } from "./prefixReuse.ts";
import type { SavablePrefix } from "./snapshots/planSaving.ts";
import type { SavedPrefix, SavedPrefixes } from "./snapshots/savedPrefixes.ts";

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
	/** Whether its text may lie on the disk. */
	readonly mayPersist: boolean;
}

/** A cache that no request uses. */
export interface KeptCache extends FilledCache, SavablePrefix {}

/** What a request needs a cache for. */
export interface CacheDemand {
	readonly prompt: readonly TokenId[];
	/** Positions that there has to be room for. */
	readonly capacity: number;
	readonly needsLogits: boolean;
	readonly priority: RequestPriority;
}

/** A cache in use, with what is known of its beginning. */
export interface AcquiredCache {
	readonly kv: KvCache;
	/** Where logits are needed and the cache holds the whole prompt: those after it. */
	readonly logits: RememberedLogits | undefined;
}

interface CacheInUse {
	readonly priority: RequestPriority;
	/** The snapshot that its beginning was read from. */
	readonly saved: SavedPrefix | undefined;
}

/** Reading a snapshot from the disk costs about as much as computing so many tokens. */
const minRestoredTokens = 64;

/**
 * Owns the memory of all KV caches. A request acquires one that already holds the beginning of its prompt, in
 * memory or from the disk, or a fresh one, and releases it when it ends for whatever reason: also what an aborted
 * request has prefilled is worth keeping, for the next keystroke's prompt begins with it.
 *
 * Memory is bounded by {@link KeepLimits}, over caches kept and caches in use together. Only kept ones make room;
 * so the bound is exceeded where those in use are larger by themselves, of which there is at most one for each
 * priority, and by the one that was given back last.
 *
 * Beyond that, caches in use are refused with an EngineError "notEnoughMemory" before they take what a {@link MemoryCeiling}
 * leaves to others, when all kept ones are gone.
 */
export class PrefixCache {
	readonly #backend: Backend;
	readonly #limits: KeepLimits;
	readonly #saved: SavedPrefixes | undefined;
	/** Newest last. No entry's tokens are a prefix of a newer one's. */
	#entries: KeptCache[] = [];
	readonly #inUse = new Map<KvCache, CacheInUse>();
	readonly #ceiling: MemoryCeiling | undefined;
	/** All caches together may have so many bytes before memory is measured again. */
	#grantedBytes = 0;

	constructor(
		backend: Backend,
		limits: KeepLimits,
		saved?: SavedPrefixes,
		ceiling?: MemoryCeiling,
	) {
		this.#backend = backend;
		this.#limits = limits;
		this.#saved = saved;
		this.#ceiling = ceiling;
	}

	/** The caches that no request uses, newest last. */
	get kept(): readonly KeptCache[] {
		return this.#entries;
	}

	/** Bytes of all caches, kept and in use. */
	get bytes(): number {
		return this.#bytesInUse() + this.#entries.reduce((sum, { bytes }) => sum + bytes, 0);
	}

	/** How many tokens of `prompt` would run if a cache were acquired for it now. */
	unreadTokens(prompt: readonly TokenId[], needsLogits: boolean): number {
		const inMemory = lengthOf(planReuse(this.#entries, prompt, needsLogits));
		const onDisk = lengthOf(planReuse(this.#saved?.all ?? [], prompt, needsLogits));
		return prompt.length - (onDisk < inMemory + minRestoredTokens ? inMemory : onDisk);
	}

	/** A cache filled with a beginning of the prompt, to be given back by {@link release} or {@link discard}. */
	async acquire(demand: CacheDemand): Promise<AcquiredCache> {
		const { prompt, capacity, needsLogits, priority } = demand;
		const restored = await this.#restore(demand);
		if (restored !== undefined) {
			return restored;
		}
		// Only now: while the disk was read, a cache may have been released and another dropped.
		const plan = planReuse(this.#entries, prompt, needsLogits, maxLostFor(priority));
		if (plan.kind === "fresh") {
			return { kv: this.#create(capacity, priority), logits: undefined };
		}
		const entry = this.#entries[plan.index];
		assert(entry !== undefined, "the plan names a kept cache");
		const logits = plan.length === entry.logits?.after ? entry.logits : undefined;
		if (plan.kind === "copy") {
			const kv = entry.kv.copyPrefix(plan.length, capacity);
			this.#inUse.set(kv, { priority, saved: undefined });
			try {
				// Not before: the cache that is copied would be among those that make room.
				this.#makeRoom(priority);
				this.#heedCeiling(priority, 0);
			} catch (error) {
				await this.discard(kv);
				throw error;
			}
			return { kv, logits };
		}
		this.#entries.splice(plan.index, 1);
		this.#inUse.set(entry.kv, { priority, saved: undefined });
		entry.kv.rewindTo(plan.length);
		try {
			this.grow(entry.kv, capacity);
		} catch (error) {
			await this.discard(entry.kv);
			throw error;
		}
		return { kv: entry.kv, logits };
	}

	/** Makes room in a cache in use, as {@link KvCache.grow}, and in memory for it. */
	grow(kv: KvCache, capacity: number): void {
		if (kv.capacity < capacity) {
			const { kvLayout } = this.#backend;
			const bytes = kvLayout.prefixBytes(capacity) - kvLayout.prefixBytes(kv.capacity);
			const taker = this.#inUse.get(kv)?.priority;
			this.#makeRoom(taker, bytes);
			this.#heedCeiling(taker, bytes);
			kv.grow(capacity);
		}
	}

	/** Takes back a cache and drops what the limits no longer allow. */
	release(filled: FilledCache): void {
		const { kv, tokens, logits } = filled;
		assert(kv.length === tokens.length, "a kept cache holds exactly its tokens");
		this.#inUse.delete(kv);
		if (kv.length === 0) {
			kv.dispose();
			return;
		}
		this.#entries.push({ ...filled, bytes: kv.bytes, logitsAfter: logits?.after });
		this.#makeRoom(undefined);
	}

	/** Takes back a cache of which nobody knows what is in it, and the snapshot that it came from. */
	async discard(kv: KvCache): Promise<void> {
		const saved = this.#inUse.get(kv)?.saved;
		this.#inUse.delete(kv);
		kv.dispose();
		if (saved !== undefined) {
			await this.#saved?.forget(saved);
		}
	}

	/** The snapshot that begins like the prompt, if it holds clearly more of it than any cache in memory. */
	async #restore({
		prompt,
		capacity,
		needsLogits,
		priority,
	}: CacheDemand): Promise<AcquiredCache | undefined> {
		const all = this.#saved?.all ?? [];
		const plan = planReuse(all, prompt, needsLogits);
		const saved = plan.kind === "fresh" ? undefined : all[plan.index];
		if (plan.kind === "fresh" || saved === undefined) {
			return undefined;
		}
		const inMemory = planReuse(this.#entries, prompt, needsLogits);
		const known = lengthOf(inMemory);
		if (plan.length < known + minRestoredTokens) {
			return undefined;
		}
		let kv: KvCache;
		try {
			kv = this.#create(Math.max(capacity, saved.tokens.length), priority);
		} catch (error) {
			// No memory for another cache; one that is there may still serve.
			if (error instanceof EngineError) {
				return undefined;
			}
			throw error;
		}
		const loaded = await this.#saved?.load(saved, kv);
		if (loaded === undefined) {
			this.#inUse.delete(kv);
			kv.dispose();
			return undefined;
		}
		this.#inUse.set(kv, { priority, saved });
		kv.rewindTo(plan.length);
		const row = plan.length === saved.logitsAfter ? loaded.logits : undefined;
		return { kv, logits: row && { after: plan.length, row } };
	}

	#create(capacity: number, priority: RequestPriority): KvCache {
		const bytes = this.#backend.kvLayout.prefixBytes(capacity);
		this.#makeRoom(priority, bytes);
		this.#heedCeiling(priority, bytes);
		const kv = this.#backend.createKvCache(capacity);
		this.#inUse.set(kv, { priority, saved: undefined });
		return kv;
	}

	#bytesInUse(): number {
		return [...this.#inUse.keys()].reduce((sum, { bytes }) => sum + bytes, 0);
	}

	/** Drops kept caches until a request of priority `taker`, if any, has `bytes` more within the limits. */
	#makeRoom(taker: RequestPriority | undefined, bytes = 0, limits = this.#limits): void {
		const inUse = { bytes: this.#bytesInUse() + bytes, taker };
		const evicted = new Set(planEviction(this.#entries, limits, inUse));
		for (const index of evicted) {
			this.#entries[index]?.kv.dispose();
		}
		this.#entries = this.#entries.filter((_, index) => !evicted.has(index));
	}

	/** Refuses `bytes` more for caches in use, if they are large and others would be short of memory even without kept ones. */
	#heedCeiling(taker: RequestPriority | undefined, bytes: number): void {
		if (this.#ceiling === undefined) {
			return;
		}
		const { uncheckedBytes, stepBytes, freeBytes } = this.#ceiling;
		const wanted = this.bytes + bytes;
		// What was given back since the last measurement may be somebody else's by now.
		this.#grantedBytes = Math.min(this.#grantedBytes, this.bytes + stepBytes);
		if (wanted <= Math.max(uncheckedBytes, this.#grantedBytes)) {
			return;
		}
		const free = freeBytes();
		if (free === undefined) {
			return;
		}
		const maxBytes = wanted - missingBytes(this.#ceiling, bytes, free);
		this.#makeRoom(taker, bytes, { ...this.#limits, maxBytes });
		const inUse = this.#bytesInUse() + bytes;
		if (inUse > Math.max(uncheckedBytes, maxBytes)) {
			throw new EngineError(
				"notEnoughMemory",
				`What is read for this answer would take ${byteText(inUse)} of memory, and ${byteText(free)} are free; ask with less context, or close other programs and ask again.`,
			);
		}
		this.#grantedBytes = this.bytes + bytes + stepBytes;
	}

	dispose(): void {
		for (const { kv } of this.#entries) {
			kv.dispose();
		}
		this.#entries = [];
	}
}

function lengthOf(plan: ReusePlan): number {
	return plan.kind === "fresh" ? 0 : plan.length;
}

/**
 * What is read in the background is for later: it takes nothing away from what may be asked for before it is done, such as the
 * prompt that stands in for it.
 */
function maxLostFor(priority: RequestPriority): number | undefined {
	return priority === "background" ? 0 : undefined;
}
