import type { Tensor } from "onnxruntime-node";
import { assert } from "../../base/assert.ts";
import { graphContract } from "../../model/graphContract.ts";
import type { KvCacheFormat } from "../../model/manifest.ts";
import type { KvCache } from "../backend.ts";
import { EngineError } from "../errors.ts";

/** Shape of the caches of one model. */
export interface KvShape {
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
	/** Positions that the model takes at most. */
	readonly contextLength: number;
	readonly kvCache: KvCacheFormat;
}

export type KvBuffer = Float32Array<ArrayBuffer> | Int8Array<ArrayBuffer>;

/** `new Tensor`, passed in because the library is loaded late. */
export type KvTensorFactory = (data: KvBuffer, dims: readonly number[]) => Tensor;

const bytesPerElement: Readonly<Record<KvCacheFormat, number>> = { float32: 4, int8: 1 };

/**
 * Capacities are multiples of this many positions. GroupQueryAttention clears as much memory in every layer
 * of every pass, so unused room costs time; growing costs one copy. Hence small steps, and no doubling.
 */
const capacityStep = 256;

/**
 * Growing adds at least this share of the capacity. A cache that grows to n positions is then copied
 * 1 + 8 = 9 times over in all, instead of n ÷ 512 times, and at most an eighth of it is unused room.
 */
const leastGrowth = 1 / 8;

/** Of one buffer: Electron's allocator ends the process on much larger ones. */
const maxBufferBytes = 2 ** 29;

/** Memory that one position takes in a cache of this shape. */
export function kvBytesPerPosition(shape: Omit<KvShape, "contextLength">): number {
	return 2 * shape.layers * shape.kvHeads * shape.headDim * bytesPerElement[shape.kvCache];
}

/** Positions for which the keys of one layer stay within {@link maxBufferBytes}. */
export function maxKvPositions({ kvHeads, headDim, kvCache }: KvShape): number {
	return Math.floor(maxBufferBytes / (kvHeads * headDim * bytesPerElement[kvCache]));
}

/**
 * Keys and values in one buffer for each layer, [1, kvHeads, capacity, headDim], which a pass gets as past. What
 * it adds comes back by itself and is appended here: as outputs that are preallocated the buffers would be
 * written in place, but onnxruntime-node then copies each of them whole, into new memory, on every pass.
 * Rewinding changes the length only; what stands behind it is overwritten by the next pass and never read.
 */
export class OrtKvCache implements KvCache {
	readonly #shape: KvShape;
	readonly #createTensor: KvTensorFactory | undefined;
	#length = 0;
	#capacity: number;
	/** Keys and values of each layer: key 0, value 0, key 1, … */
	#buffers: KvBuffer[];
	#feeds: Record<string, Tensor> = {};

	/**
	 * Without `createTensor` it has no {@link feeds}, for whoever takes its {@link buffers}.
	 *
	 * @throws EngineError "runtimeFailed" when the memory isn't there; so do the methods that make room.
	 */
	constructor(shape: KvShape, capacity: number, createTensor: KvTensorFactory | undefined) {
		this.#shape = shape;
		this.#createTensor = createTensor;
		this.#capacity = this.#roundedUp(capacity);
		this.#buffers = Array.from({ length: 2 * shape.layers }, () => this.#allocate());
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

	/** Keys and values of each layer, [kvHeads, capacity, headDim]: key 0, value 0, key 1, … Valid until the next change. */
	get buffers(): readonly KvBuffer[] {
		return this.#buffers;
	}

	/** Inputs of a pass that this cache provides. The caller adds the others to a copy. */
	get feeds(): Readonly<Record<string, Tensor>> {
		return this.#feeds;
	}

	/** What is filled of one head of one layer: length × headDim. Valid until the next change of the cache. */
	filled(part: "key" | "value", layer: number, head: number): KvBuffer {
		const buffer = this.#buffers[2 * layer + (part === "key" ? 0 : 1)];
		assert(buffer !== undefined && head < this.#shape.kvHeads, "a layer and head of this model");
		const { headDim } = this.#shape;
		const start = head * this.#capacity * headDim;
		return buffer.subarray(start, start + this.#length * headDim);
	}

	/** Whether `data` is what a pass over `count` tokens has to append. */
	takes(data: unknown, count: number): data is Float32Array | Int8Array {
		const { layers, kvHeads, headDim, kvCache } = this.#shape;
		return (
			data instanceof (kvCache === "float32" ? Float32Array : Int8Array) &&
			data.length === 2 * layers * kvHeads * count * headDim
		);
	}

	/** Puts `count` positions behind those that are filled. What to append is as the graph's contract says. */
	append(appended: Float32Array | Int8Array, count: number): void {
		const { kvHeads, headDim } = this.#shape;
		assert(this.takes(appended, count), "a pass appends to every head");
		assert(this.#length + count <= this.#capacity, "a pass stays within the cache");
		const size = count * headDim;
		for (const [i, buffer] of this.#buffers.entries()) {
			for (let head = 0; head < kvHeads; head++) {
				const from = (i * kvHeads + head) * size;
				const to = (head * this.#capacity + this.#length) * headDim;
				buffer.set(appended.subarray(from, from + size), to);
			}
		}
		this.#length += count;
	}

	rewindTo(length: number): void {
		assert(length >= 0 && length <= this.#length, "a cache is rewound to an earlier position");
		this.#length = length;
	}

	grow(capacity: number): void {
		if (this.#roundedUp(capacity) <= this.#capacity) {
			return;
		}
		const before = this.#capacity;
		const enough = Math.max(capacity, Math.floor(before * (1 + leastGrowth)));
		this.#capacity = this.#roundedUp(Math.min(enough, this.#shape.contextLength));
		// One after the other, and the old ones given back at once and not when the collector comes by: the
		// peak is one buffer above the new size, not twice the size.
		this.#buffers = this.#buffers.map((from) => {
			const grown = this.#allocate();
			this.#copy(from, before, grown, this.#length);
			structuredClone(from.buffer, { transfer: [from.buffer] });
			return grown;
		});
		this.#bind();
	}

	copyPrefix(length: number, capacity: number): OrtKvCache {
		assert(length <= this.#length, "only filled positions are copied");
		const copy = new OrtKvCache(this.#shape, Math.max(length, capacity), this.#createTensor);
		for (const [i, to] of copy.#buffers.entries()) {
			const from = this.#buffers[i];
			assert(from !== undefined, "both caches belong to one model");
			copy.#copy(from, this.#capacity, to, length);
		}
		copy.#length = length;
		return copy;
	}

	readPrefix(length: number, start: number, target: Uint8Array): void {
		assert(length <= this.#length, "only filled positions are read");
		this.#forPieces(length, start, target.length, (memory, offset) => {
			target.set(memory, offset);
		});
	}

	writePrefix(length: number, start: number, source: Uint8Array): void {
		assert(this.#length === 0 && length <= this.#capacity, "an empty cache with room is written");
		this.#forPieces(length, start, source.length, (memory, offset) => {
			memory.set(source.subarray(offset, offset + memory.length));
		});
	}

	/**
	 * The memory of the first `length` positions, head by head: keys of head 0 of layer 0, of the other heads, its
	 * values, layer 1, … Of it, `bytes` from `start` on, in pieces with their places in that part.
	 */
	#forPieces(
		length: number,
		start: number,
		bytes: number,
		visit: (memory: Uint8Array, offset: number) => void,
	): void {
		const { kvHeads, headDim, kvCache } = this.#shape;
		const bytesPerPosition = headDim * bytesPerElement[kvCache];
		const bytesPerHead = length * bytesPerPosition;
		for (let done = 0; done < bytes;) {
			const head = Math.floor((start + done) / bytesPerHead);
			const within = (start + done) % bytesPerHead;
			const buffer = this.#buffers[Math.floor(head / kvHeads)];
			assert(buffer !== undefined, "a part lies within its prefix");
			const size = Math.min(bytes - done, bytesPerHead - within);
			const headStart = (head % kvHeads) * this.#capacity * bytesPerPosition;
			visit(new Uint8Array(buffer.buffer, headStart + within, size), done);
			done += size;
		}
	}

	markFilled(length: number): void {
		assert(this.#length === 0 && length <= this.#capacity, "an empty cache with room is filled");
		this.#length = length;
	}

	dispose(): void {
		for (const { buffer } of this.#buffers) {
			structuredClone(buffer, { transfer: [buffer] });
		}
		this.#length = 0;
		this.#capacity = 0;
		this.#buffers = [];
		this.#feeds = {};
	}

	#roundedUp(capacity: number): number {
		const { contextLength } = this.#shape;
		assert(capacity <= contextLength, "a cache is no longer than the context");
		return Math.min(Math.ceil(capacity / capacityStep) * capacityStep, contextLength);
	}

	#allocate(): KvBuffer {
		const { kvHeads, headDim, kvCache } = this.#shape;
		const elements = kvHeads * this.#capacity * headDim;
		try {
			return kvCache === "float32" ? new Float32Array(elements) : new Int8Array(elements);
		} catch (error) {
			// A RangeError is all that an allocation throws.
			const megabytes = Math.ceil((kvBytesPerPosition(this.#shape) * this.#capacity) / 2 ** 20);
			throw new EngineError(
				"runtimeFailed",
				`The KV cache for ${this.#capacity} tokens takes ${megabytes} MB, which this machine doesn't have free; ask with less context${kvCache === "int8" ? "" : ", or import the model with --kv int8"}.`,
				{ cause: error },
			);
		}
	}

	/** Copies the first `length` positions of every head, into a buffer of this cache's capacity. */
	#copy(from: KvBuffer, fromCapacity: number, to: KvBuffer, length: number): void {
		const { kvHeads, headDim } = this.#shape;
		const toCapacity = to.length / (kvHeads * headDim);
		for (let head = 0; head < kvHeads; head++) {
			const start = head * fromCapacity * headDim;
			to.set(from.subarray(start, start + length * headDim), head * toCapacity * headDim);
		}
	}

	#bind(): void {
		const { kvHeads, headDim } = this.#shape;
		const dims = [1, kvHeads, this.#capacity, headDim];
		const createTensor = this.#createTensor;
		this.#feeds = {};
		if (createTensor === undefined) {
			return;
		}
		for (const [i, buffer] of this.#buffers.entries()) {
			const layer = Math.floor(i / 2);
			const isKey = i % 2 === 0;
			const past = isKey ? graphContract.pastKey(layer) : graphContract.pastValue(layer);
			this.#feeds[past] = createTensor(buffer, dims);
		}
	}
}
