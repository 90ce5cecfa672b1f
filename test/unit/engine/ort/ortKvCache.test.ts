import { Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import {
	kvBytesPerPosition,
	maxKvPositions,
	OrtKvCache,
	type KvShape,
	type KvTensorFactory,
} from "../../../../src/engine/ort/ortKvCache.ts";
import { graphContract } from "../../../../src/model/graphContract.ts";

const createTensor: KvTensorFactory = (data, dims) =>
	data instanceof Float32Array ? new Tensor("float32", data, dims) : new Tensor("int8", data, dims);

const shape: KvShape = {
	layers: 2,
	kvHeads: 2,
	headDim: 4,
	contextLength: 131_072,
	kvCache: "int8",
};

/** Writes a number for each position, head and layer, as a pass over `count` tokens would. */
function fill(cache: OrtKvCache, count: number): void {
	const from = cache.length;
	cache.advance(count);
	for (let layer = 0; layer < shape.layers; layer++) {
		for (let head = 0; head < shape.kvHeads; head++) {
			for (const part of ["key", "value"] as const) {
				const filled = cache.filled(part, layer, head);
				for (let position = from; position < from + count; position++) {
					const mark = (position + 31 * head + 57 * layer + (part === "key" ? 0 : 13)) % 120;
					filled.fill(mark, position * shape.headDim, (position + 1) * shape.headDim);
				}
			}
		}
	}
}

function contents(cache: OrtKvCache): readonly number[][] {
	return [0, 1].flatMap((layer) =>
		[0, 1].flatMap((head) =>
			(["key", "value"] as const).map((part) => [...cache.filled(part, layer, head)]),
		),
	);
}

describe.each(["float32", "int8"] as const)("a KV cache of %s", (kvCache) => {
	const cacheOf = (capacity: number): OrtKvCache =>
		new OrtKvCache({ ...shape, kvCache }, capacity, createTensor);

	test("keeps what is filled when it grows, is copied or is rewound", () => {
		const steady = cacheOf(2000);
		const growing = cacheOf(10);
		for (const count of [10, 300, 700, 90]) {
			growing.grow(growing.length + count);
			fill(growing, count);
			fill(steady, count);
		}
		expect(contents(growing)).toEqual(contents(steady));
		const copy = growing.copyPrefix(500, 600);
		steady.rewindTo(500);
		expect([copy.length, contents(copy)]).toEqual([500, contents(steady)]);
		growing.rewindTo(500);
		fill(growing, 3);
		fill(copy, 3);
		expect(contents(growing)).toEqual(contents(copy));
	});

	test("gives a pass one buffer as past and as present, in the shape of its capacity", () => {
		const cache = cacheOf(300);
		cache.grow(2000);
		const past = cache.feeds[graphContract.pastValue(1)];
		expect(past).toBe(cache.fetches[graphContract.presentValue(1)]);
		expect([past?.type, past?.dims]).toEqual([kvCache, [1, 2, cache.capacity, 4]]);
	});

	test("takes as much memory as is said for a position", () => {
		const cache = cacheOf(512);
		expect(cache.bytes).toBe(512 * kvBytesPerPosition({ ...shape, kvCache }));
	});
});

test("int8 takes a quarter of the memory", () => {
	expect(kvBytesPerPosition(shape)).toBe(2 * 2 * 2 * 4);
	expect(kvBytesPerPosition({ ...shape, kvCache: "float32" })).toBe(4 * 2 * 2 * 2 * 4);
});

test("growing to 131,072 positions by chunks copies a cache nine times over at most, and wastes an eighth", () => {
	const cache = new OrtKvCache({ ...shape, layers: 1, kvHeads: 1, headDim: 2 }, 64, createTensor);
	let copied = 0;
	while (cache.length + 64 <= shape.contextLength) {
		const before = cache.capacity;
		cache.grow(cache.length + 64);
		if (cache.capacity !== before) {
			copied += cache.length;
			expect(cache.capacity).toBeLessThanOrEqual(Math.max(1.125 * cache.length + 320, 512));
		}
		cache.advance(64);
	}
	expect(cache.length).toBe(shape.contextLength);
	expect(cache.capacity).toBe(shape.contextLength);
	expect(copied).toBeLessThan(9 * shape.contextLength);
});

test("no buffer is larger than half a gigabyte: longer contexts are not offered", () => {
	const large: KvShape = { ...shape, kvHeads: 16, headDim: 256, kvCache: "float32" };
	expect(maxKvPositions(large) * 16 * 256 * 4).toBeLessThanOrEqual(2 ** 29);
	expect(maxKvPositions(large)).toBe(32_768);
	expect(maxKvPositions({ ...large, kvCache: "int8" })).toBe(131_072);
});
