import fc from "fast-check";
import { expect, test } from "vitest";
import type { RequestPriority } from "../../../src/engine/engine.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { missingBytes, type MemoryCeiling } from "../../../src/engine/memoryCeiling.ts";
import { PrefixCache, type AcquiredCache } from "../../../src/engine/prefixCache.ts";
import { someTokens } from "../../support/engineRequests.ts";
import { FakeBackend } from "../../support/fakeBackend.ts";

/** Of a position in the fake's caches. */
const positionBytes = 4;
const limits = { maxCaches: 100, maxBytes: 1e9 };

/** On a machine with memory for so many positions beside the spare ones; the caches themselves take from it. */
function onMachineFor(positions: number | undefined) {
	const backend = new FakeBackend();
	let others = 0;
	let measured = 0;
	const ceiling: MemoryCeiling = {
		freeBytes: () => {
			measured++;
			return positions && (positions - others) * positionBytes - prefixes.bytes;
		},
		uncheckedBytes: 100 * positionBytes,
		stepBytes: 10 * positionBytes,
		spareBytes: 50 * positionBytes,
	};
	const prefixes: PrefixCache = new PrefixCache(backend, limits, undefined, ceiling);
	const acquire = (
		seed: number,
		count: number,
		priority: RequestPriority = "chat",
	): Promise<AcquiredCache> =>
		prefixes.acquire({
			...{ prompt: someTokens(count, seed), capacity: count, priority },
			needsLogits: false,
		});
	const read = async (seed: number, count: number): Promise<void> => {
		const tokens = someTokens(count, seed);
		const { kv } = await acquire(seed, count);
		if (kv.length < count) {
			await backend.forward(kv, tokens.slice(kv.length), 0);
		}
		prefixes.release({ kv, tokens, logits: undefined, priority: "chat", mayPersist: false });
	};
	const kept = (): readonly number[] => prefixes.kept.map(({ tokens }) => tokens.length);
	return {
		...{ backend, prefixes, acquire, read, kept },
		/** So many positions are taken by other programs from now on. */
		othersTake: (taken: number) => (others = taken),
		measured: () => measured,
	};
}

test("small caches are never asked about, however short of memory the machine is", async () => {
	const { acquire, measured, prefixes } = onMachineFor(1);
	const { kv } = await acquire(1, 60);
	prefixes.grow(kv, 100);
	expect(measured()).toBe(0);
});

test("a cache that would take what others need is refused in a sentence, and none is left behind", async () => {
	const { acquire, backend } = onMachineFor(1000);
	await expect(acquire(1, 941)).rejects.toEqual(
		new EngineError(
			"notEnoughMemory",
			"What is read for this answer would take 3.8 kB of memory, and 4 kB are free; ask with less context, or close other programs and ask again.",
		),
	);
	expect(backend.liveCaches).toBe(0);
	expect((await acquire(1, 940)).kv.capacity).toBe(940);
});

test("a cache in use stops growing at the ceiling, and keeps what it holds", async () => {
	const { acquire, prefixes } = onMachineFor(1000);
	const { kv } = await acquire(1, 400);
	prefixes.grow(kv, 940);
	expect(() => {
		prefixes.grow(kv, 951);
	}).toThrow(EngineError);
	expect(kv.capacity).toBe(940);
});

test("kept caches are given up before a request is refused, the least recently used first", async () => {
	const { read, kept, acquire } = onMachineFor(1000);
	await read(1, 300);
	await read(2, 301);
	await acquire(3, 500);
	expect(kept()).toEqual([301]);
});

test("what other programs have taken meanwhile is missed at the next step", async () => {
	const { acquire, prefixes, othersTake } = onMachineFor(1000);
	const { kv } = await acquire(1, 400);
	othersTake(500);
	expect(() => {
		prefixes.grow(kv, 500);
	}).toThrow(EngineError);
});

test("memory is measured once a step, not each time a cache grows by a position", async () => {
	const { acquire, prefixes, measured } = onMachineFor(10_000);
	const { kv } = await acquire(1, 200);
	for (let capacity = 201; capacity <= 400; capacity++) {
		prefixes.grow(kv, capacity);
	}
	expect(measured()).toBeLessThanOrEqual(1 + 200 / 10);
});

test("where nobody knows what is free nothing is refused", async () => {
	const { acquire } = onMachineFor(undefined);
	expect((await acquire(1, 4000)).kv.capacity).toBe(4000);
});

test("a copy that there is no memory for is given up, and what it was copied from may make room", async () => {
	const { read, acquire, backend, prefixes } = onMachineFor(1000);
	await read(1, 500);
	await expect(
		prefixes.acquire({
			...{ prompt: someTokens(400, 1), capacity: 980, priority: "chat", needsLogits: false },
		}),
	).rejects.toMatchObject({ code: "notEnoughMemory" });
	expect([backend.liveCaches, prefixes.bytes]).toEqual([0, 0]);
	expect((await acquire(1, 500)).kv.capacity).toBe(500);
});

test("whatever is asked for in whatever order, the spare memory stays free", async () => {
	const step = fc.record({ seed: fc.nat({ max: 3 }), count: fc.integer({ min: 1, max: 2000 }) });
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
			const { read, prefixes } = onMachineFor(1500);
			for (const { seed, count } of steps) {
				await read(seed, count).catch((error: unknown) => {
					expect(error).toMatchObject({ code: "notEnoughMemory" });
				});
				expect(prefixes.bytes).toBeLessThanOrEqual((1500 - 50) * positionBytes);
			}
		}),
	);
});

test("what is missing is what is taken, a step and the spare, without what is free", () => {
	const ceiling = { stepBytes: 10, spareBytes: 50 };
	expect([100, 160, 161, 1000].map((free) => missingBytes(ceiling, 100, free))).toEqual([
		60, 0, 0, 0,
	]);
});
