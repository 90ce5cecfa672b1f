import type { Tensor } from "onnxruntime-node";
import { assert } from "../../base/assert.ts";
import { deviceGraphContract } from "../../model/graphContract.ts";
import { HostedKvCache } from "./hostedKvCache.ts";
import { OrtKvCache, type KvShape, type KvTensorFactory } from "./ortKvCache.ts";

/** Keys and values of all layers where the last pass left them. */
interface DeviceCopy {
	/** By the names of the next pass's inputs. */
	readonly tensors: Readonly<Record<string, Tensor>>;
	/** Positions that there is room for. */
	readonly capacity: number;
}

/** A copy on the device with more unused room than this, and than what is filled, is left for a smaller one. */
const mostUnusedPositions = 1024;

/** Keys and values in ordinary memory, and the tensors of a device that the last pass has left there. */
export class DeviceKvCache extends HostedKvCache {
	readonly #shape: KvShape;
	readonly #createTensor: KvTensorFactory;
	/** Its first `length` positions are those of the host. */
	#copy: DeviceCopy | undefined;

	constructor(shape: KvShape, createTensor: KvTensorFactory, host: number | OrtKvCache) {
		assert(shape.kvCache === "float32", "what comes back from a device is float32");
		super(typeof host === "number" ? new OrtKvCache(shape, host, createTensor) : host);
		this.#shape = shape;
		this.#createTensor = createTensor;
	}

	/** Inputs of a pass that this cache provides: the device's own tensors, or those that have to go there first. */
	get feeds(): Readonly<Record<string, Tensor>> {
		return this.#copy?.tensors ?? this.host.feeds;
	}

	get isOnDevice(): boolean {
		return this.#copy !== undefined;
	}

	/** Whether `data` is what a pass over `count` tokens has to append. */
	takes(data: unknown, count: number): data is Float32Array {
		return data instanceof Float32Array && this.host.takes(data, count);
	}

	/**
	 * Puts `count` positions behind those that are filled. `outputs` are those of the pass that computed them, of which the
	 * whole caches stay on the device; undefined where they weren't fetched. Where those aren't what they should be it throws, and
	 * nothing has changed.
	 */
	append(
		appended: Float32Array,
		count: number,
		outputs: Readonly<Record<string, Tensor>> | undefined,
	): void {
		// First: a pass that failed is run again by another backend, behind the same positions.
		const copy = outputs && this.#copyFrom(outputs, this.length + count);
		this.host.append(appended, count);
		const before = this.#copy;
		this.#copy = copy;
		release(before);
	}

	leaveDevice(): void {
		const copy = this.#copy;
		this.#copy = undefined;
		release(copy);
	}

	override rewindTo(length: number): void {
		super.rewindTo(length);
		if (this.#copy !== undefined && this.#copy.capacity > 2 * length + mostUnusedPositions) {
			this.leaveDevice();
		}
	}

	copyPrefix(length: number, capacity: number): DeviceKvCache {
		const host = this.host.copyPrefix(length, capacity);
		return new DeviceKvCache(this.#shape, this.#createTensor, host);
	}

	/** What a pass has left on the device, with at least `filled` positions. */
	#copyFrom(outputs: Readonly<Record<string, Tensor>>, filled: number): DeviceCopy {
		const { pastKey, pastValue, presentKey, presentValue } = deviceGraphContract;
		const { kvHeads, headDim, layers } = this.#shape;
		const tensors: Record<string, Tensor> = {};
		let capacity = Infinity;
		for (let layer = 0; layer < layers; layer++) {
			for (const [past, present] of [
				[pastKey(layer), presentKey(layer)],
				[pastValue(layer), presentValue(layer)],
			] as const) {
				const tensor = outputs[present];
				const room = tensor?.dims[2] ?? 0;
				const isWhole = tensor?.dims.join() === [1, kvHeads, room, headDim].join();
				if (tensor === undefined || !isWhole || room < filled) {
					throw new Error("the graph returned a cache of another shape than the manifest says");
				}
				tensors[past] = tensor;
				capacity = Math.min(capacity, room);
			}
		}
		return { tensors, capacity };
	}
}

function release(copy: DeviceCopy | undefined): void {
	for (const tensor of Object.values(copy?.tensors ?? {})) {
		tensor.dispose();
	}
}
