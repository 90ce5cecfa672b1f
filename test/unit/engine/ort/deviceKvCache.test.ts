import { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { DeviceKvCache } from "../../../../src/engine/ort/deviceKvCache.ts";
import { deviceGraphContract } from "../../../../src/model/graphContract.ts";

const shape = { layers: 1, kvHeads: 1, headDim: 2, contextLength: 8, kvCache: "float32" } as const;

/** Whole caches with room for so many positions, as a pass leaves them on the device. */
function outputsWith(positions: number): Readonly<Record<string, Tensor>> {
	const { presentKey, presentValue } = deviceGraphContract;
	const whole = (): Tensor =>
		new Tensor("float32", new Float32Array(positions * 2), [1, 1, positions, 2]);
	return { [presentKey(0)]: whole(), [presentValue(0)]: whole() };
}

test.each([
	["lack what was appended", 3],
	["are empty", 0],
])("a pass whose caches %s leaves what was there", (_, positions) => {
	const inMemory = (data: Iterable<number>, dims: readonly number[]): Tensor =>
		new Tensor("float32", Float32Array.from(data), dims);
	const cache = new DeviceKvCache(shape, inMemory, 8);
	cache.append(new Float32Array(2 * 2 * 2), 2, outputsWith(2));
	expect(() => {
		cache.append(new Float32Array(2 * 2 * 2), 2, outputsWith(positions));
	}).toThrow("another shape");
	expect([cache.length, cache.isOnDevice]).toEqual([2, true]);
});
