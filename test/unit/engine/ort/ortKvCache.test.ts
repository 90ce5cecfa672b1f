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

/** Appends a number for each position, head and layer, as a pass over `count` tokens would. */
function fill(
	cache: OrtKvCache,
	count: number,
	{ layers, kvHeads, headDim, kvCache } = shape,
): void {
	const appended: number[] = [];
	for (let layer = 0; layer < layers; layer++) {
		for (const part of ["key", "value"] as const) {
			for (let head = 0; head < kvHeads; head++) {
				for (let position = cache.length; position < cache.length + count; position++) {
					const mark = (position + 31 * head + 57 * layer + (part === "key" ? 0 : 13)) % 120;
					appended.push(...Array<number>(headDim).fill(mark));
				}
			}
		}
	}
	const data = kvCache === "float32" ? Float32Array.from(appended) : Int8Array.from(appended);
	cache.append(data, count);
}

function contents(cache: OrtKvCache): readonly number[][] {
	return [0, 1].flatMap((layer) =>
		[0, 1].flatMap((head) =>
			(["key", "value"] as const).map((part) => [...cache.filled(part, layer, head)]),
		),
	);
}

describe.each(["float32", "int8"] as const)("a KV cache of %s", (kvCache) => {
	const ofFormat = { ...shape, kvCache };
	const cacheOf = (capacity: number): OrtKvCache =>
		new OrtKvCache(ofFormat, capacity, createTensor);

	test("keeps what is filled when it grows, is copied or is rewound", () => {
		const steady = cacheOf(2000);
		const growing = cacheOf(10);
		for (const count of [10, 300, 700, 90]) {
			growing.grow(growing.length + count);
			fill(growing, count, ofFormat);
			fill(steady, count, ofFormat);
		}
		expect(contents(growing)).toEqual(contents(steady));
		const copy = growing.copyPrefix(500, 600);
		steady.rewindTo(500);
		expect([copy.length, contents(copy)]).toEqual([500, contents(steady)]);
		growing.rewindTo(500);
		fill(growing, 3, ofFormat);
		fill(copy, 3, ofFormat);
		expect(contents(growing)).toEqual(contents(copy));
	});

	test("gives a pass each buffer as past, in the shape of its capacity", () => {
		const cache = cacheOf(300);
		cache.grow(2000);
		fill(cache, 3, ofFormat);
		const past = cache.feeds[graphContract.pastValue(1)];
		expect([past?.type, past?.dims]).toEqual([kvCache, [1, 2, cache.capacity, 4]]);
		const head = 1;
		const second = Array.from(past?.data ?? [], Number).slice(head * cache.capacity * 4);
		expect(second.slice(0, 12)).toEqual([...cache.filled("value", 1, head)]);
		expect(second.slice(0, 12)).toEqual(
			[101, 102, 103].flatMap((mark) => Array<number>(4).fill(mark)),
		);
	});

	test("takes what a pass over so many tokens appends, and nothing else", () => {
		const cache = cacheOf(300);
		const [own, other] =
			kvCache === "float32" ? [Float32Array, Int8Array] : [Int8Array, Float32Array];
		const size = 2 * 2 * 2 * 3 * 4;
		expect(
			[new own(size), new own(size - 4), new other(size), [], undefined].map((data) =>
				cache.takes(data, 3),
			),
		).toEqual([true, false, false, false, false]);
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
	const small: KvShape = { ...shape, layers: 1, kvHeads: 1, headDim: 2 };
	const cache = new OrtKvCache(small, 64, createTensor);
	let copied = 0;
	while (cache.length + 64 <= shape.contextLength) {
		const before = cache.capacity;
		cache.grow(cache.length + 64);
		if (cache.capacity !== before) {
			copied += cache.length;
			expect(cache.capacity).toBeLessThanOrEqual(Math.max(1.125 * cache.length + 320, 512));
		}
		fill(cache, 64, small);
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
