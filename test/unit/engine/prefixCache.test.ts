import { expect, test } from "vitest";
import {
	PrefixCache,
	type AcquiredCache,
	type CacheDemand,
} from "../../../src/engine/prefixCache.ts";
import type { RequestPriority } from "../../../src/engine/engine.ts";
import { someTokens } from "../../support/engineRequests.ts";
import { FakeBackend } from "../../support/fakeBackend.ts";

/** Of a position in the fake's caches. */
const positionBytes = 4;

/** A prefix cache with memory for so many positions. */
function cacheFor(positions: number, maxCaches = 100) {
	const backend = new FakeBackend();
	const prefixes = new PrefixCache(backend, { maxCaches, maxBytes: positions * positionBytes });
	const acquire = (
		seed: number,
		count: number,
		overrides: Partial<CacheDemand> = {},
	): Promise<AcquiredCache> => {
		const prompt = someTokens(count, seed);
		const priority = "completion";
		return prefixes.acquire({
			prompt,
			capacity: count,
			needsLogits: false,
			priority,
			...overrides,
		});
	};
	const read = async (
		seed: number,
		count: number,
		priority: RequestPriority = "completion",
	): Promise<void> => {
		const tokens = someTokens(count, seed);
		const { kv } = await acquire(seed, count, { priority });
		if (kv.length < count) {
			await backend.forward(kv, tokens.slice(kv.length), 0);
		}
		prefixes.release({ kv, tokens, logits: undefined, priority, mayPersist: false });
	};
	const kept = (): readonly number[] => prefixes.kept.map(({ tokens }) => tokens.length);
	return { backend, prefixes, acquire, read, kept };
}

test("the least recently used makes room first, whatever it was used for", async () => {
	const { read, kept, prefixes } = cacheFor(1000);
	await read(1, 300);
	await read(2, 301);
	await read(3, 302);
	await read(1, 300);
	await read(4, 303);
	expect(kept()).toEqual([302, 300, 303]);
	expect(prefixes.bytes).toBe((302 + 300 + 303) * positionBytes);
});

test("caches in use count: what a request takes, kept ones make room for before", async () => {
	const { acquire, read, kept, prefixes, backend } = cacheFor(1000);
	await read(1, 300);
	await read(2, 301);
	await read(3, 302);
	const { kv } = await acquire(4, 500);
	expect(kept()).toEqual([302]);
	expect(prefixes.bytes).toBe((302 + 500) * positionBytes);
	await prefixes.discard(kv);
	expect(prefixes.bytes).toBe(302 * positionBytes);
	expect(backend.liveCaches).toBe(1);
});

test("a cache that grows in use pushes kept ones out", async () => {
	const { acquire, read, kept, prefixes } = cacheFor(1000);
	await read(1, 300);
	await read(2, 301);
	const { kv } = await acquire(3, 100);
	expect(kept()).toEqual([300, 301]);
	prefixes.grow(kv, 600);
	expect(kv.capacity).toBe(600);
	expect(kept()).toEqual([301]);
	expect(prefixes.bytes).toBeLessThanOrEqual(1000 * positionBytes);
});

test("a copy counts beside what it was copied from", async () => {
	const { prefixes, acquire, read, kept } = cacheFor(1000);
	await read(1, 300);
	await read(2, 400);
	const { kv } = await acquire(2, 200, { capacity: 400 });
	expect(kv.length).toBe(200);
	expect(kept()).toEqual([400]);
	expect(prefixes.bytes).toBe(800 * positionBytes);
});

test("the last prefix of a chat outlives completions, but not the budget", async () => {
	const { read, kept, prefixes } = cacheFor(1000);
	await read(1, 400, "chat");
	for (const seed of [2, 3, 4]) {
		await read(seed, 300 + seed);
	}
	expect(kept()).toEqual([400, 304]);
	await read(5, 900);
	expect(kept()).toEqual([900]);
	expect(prefixes.bytes).toBe(900 * positionBytes);
});

test("a cache that can't grow is given up whole", async () => {
	const { acquire, read, kept, prefixes, backend } = cacheFor(10_000);
	await read(1, 300);
	const tooLong = acquire(1, 300, { capacity: backend.contextLength + 1 });
	await expect(tooLong).rejects.toThrow("no longer than the context");
	expect(kept()).toEqual([]);
	expect([backend.liveCaches, prefixes.bytes]).toEqual([0, 0]);
});
