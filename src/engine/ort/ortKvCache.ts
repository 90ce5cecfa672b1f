import type { Tensor, TypedTensor } from "onnxruntime-node";
import { assert } from "../../base/assert.ts";
import { graphContract } from "../../model/graphContract.ts";
import type { KvCache } from "../backend.ts";

/** Shape of the caches of one model. */
export interface KvShape {
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
	/** Positions that the model takes at most. */
	readonly contextLength: number;
}

/** `new Tensor`, passed in because the library is loaded late. */
export type FloatTensorFactory = (
	data: Float32Array,
	dims: readonly number[],
) => TypedTensor<"float32">;

/**
 * Capacities are multiples of this many positions. onnxruntime-node copies every preallocated output once
 * more after each pass, the whole capacity of it, so unused room costs time on every pass; growing costs
 * one such copy. Hence small steps, and no doubling.
 */
const capacityStep = 256;

/**
 * Keys and values in one float32 buffer for each layer, [1, kvHeads, capacity, headDim], which a pass gets
 * as past and as present: GroupQueryAttention appends to it in place. Rewinding changes the length only;
 * what stands behind it is overwritten by the next pass and never read.
 */
export class OrtKvCache implements KvCache {
	readonly #shape: KvShape;
	readonly #createTensor: FloatTensorFactory;
	#length = 0;
	#capacity: number;
	/** Keys and values of each layer: key 0, value 0, key 1, … */
	#buffers: Float32Array[];
	#feeds: Record<string, Tensor> = {};
	#fetches: Record<string, Tensor | null> = {};

	constructor(shape: KvShape, capacity: number, createTensor: FloatTensorFactory) {
		this.#shape = shape;
		this.#createTensor = createTensor;
		this.#capacity = this.#roundedUp(capacity);
		this.#buffers = this.#allocate();
		this.#bind();
	}

	get length(): number {
		return this.#length;
	}

	get capacity(): number {
		return this.#capacity;
	}

	get bytes(): number {
		return this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
	}

	/** Inputs of a pass that this cache provides. The caller adds the others to a copy. */
	get feeds(): Readonly<Record<string, Tensor>> {
		return this.#feeds;
	}

	/** Outputs of a pass, preallocated where this cache holds them. */
	get fetches(): Readonly<Record<string, Tensor | null>> {
		return this.#fetches;
	}

	/** Records that a pass filled `count` positions more. */
	advance(count: number): void {
		assert(this.#length + count <= this.#capacity, "a pass stays within the cache");
		this.#length += count;
	}

	rewindTo(length: number): void {
		assert(length >= 0 && length <= this.#length, "a cache is rewound to an earlier position");
		this.#length = length;
	}

	grow(capacity: number): void {
		const grown = this.#roundedUp(capacity);
		if (grown <= this.#capacity) {
			return;
		}
		const before = this.#buffers;
		const capacityBefore = this.#capacity;
		this.#capacity = grown;
		this.#buffers = this.#allocate();
		this.#fill(before, capacityBefore, this.#length);
		this.#bind();
	}

	copyPrefix(length: number, capacity: number): OrtKvCache {
		assert(length <= this.#length, "only filled positions are copied");
		const copy = new OrtKvCache(this.#shape, Math.max(length, capacity), this.#createTensor);
		copy.#fill(this.#buffers, this.#capacity, length);
		copy.#length = length;
		return copy;
	}

	dispose(): void {
		this.#length = 0;
		this.#capacity = 0;
		this.#buffers = [];
		this.#feeds = {};
		this.#fetches = {};
	}

	#roundedUp(capacity: number): number {
		const { contextLength } = this.#shape;
		assert(capacity <= contextLength, "a cache is no longer than the context");
		return Math.min(Math.ceil(capacity / capacityStep) * capacityStep, contextLength);
	}

	#allocate(): Float32Array[] {
		const { layers, kvHeads, headDim } = this.#shape;
		return Array.from(
			{ length: 2 * layers },
			() => new Float32Array(kvHeads * this.#capacity * headDim),
		);
	}

	/** Copies the first `length` positions of every head from buffers of another capacity. */
	#fill(from: readonly Float32Array[], fromCapacity: number, length: number): void {
		const { kvHeads, headDim } = this.#shape;
		for (const [i, buffer] of this.#buffers.entries()) {
			for (let head = 0; head < kvHeads; head++) {
				const start = head * fromCapacity * headDim;
				const part = from[i]?.subarray(start, start + length * headDim);
				assert(part !== undefined, "both caches belong to one model");
				buffer.set(part, head * this.#capacity * headDim);
			}
		}
	}

	#bind(): void {
		const { kvHeads, headDim } = this.#shape;
		const dims = [1, kvHeads, this.#capacity, headDim];
		this.#feeds = {};
		this.#fetches = { [graphContract.logits]: null };
		for (const [i, buffer] of this.#buffers.entries()) {
			const layer = Math.floor(i / 2);
			const isKey = i % 2 === 0;
			const tensor = this.#createTensor(buffer, dims);
			const past = isKey ? graphContract.pastKey(layer) : graphContract.pastValue(layer);
			const present = isKey ? graphContract.presentKey(layer) : graphContract.presentValue(layer);
			this.#feeds[past] = tensor;
			this.#fetches[present] = tensor;
		}
	}
}
