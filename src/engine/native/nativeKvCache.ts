import { assert } from "../../base/assert.ts";
import type { KvCache } from "../backend.ts";
import { EngineError } from "../errors.ts";
import type { NativeCache } from "./addon.ts";

/** Positions that the addon keeps together. */
const blockPositions = 16;

/** Numbers of a model that give the size of its caches. */
export interface NativeKvShape {
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
	readonly kvCache: "float32" | "int8";
}

/**
 * Memory that `positions` take, in whole blocks: keys and values of each layer as float32, or as int8 with a float32
 * scale for each position and head.
 */
export function nativeKvBytes(shape: NativeKvShape, positions: number): number {
	const { layers, kvHeads, headDim, kvCache } = shape;
	const blocks = Math.ceil(positions / blockPositions);
	const bytesPerPosition = kvCache === "float32" ? 4 * headDim : headDim + 4;
	return 2 * layers * kvHeads * blocks * blockPositions * bytesPerPosition;
}

/**
 * Keys and values outside of JavaScript. Their addresses are reserved for the whole context: growing neither copies
 * nor moves anything, and memory is taken by what was filled, until a cache is rewound far.
 */
export class NativeKvCache implements KvCache {
	/** For the addon's passes. */
	readonly native: NativeCache;

	constructor(native: NativeCache) {
		this.native = native;
	}

	get length(): number {
		return this.native.length;
	}

	get capacity(): number {
		return this.native.capacity;
	}

	get bytes(): number {
		return this.native.bytes;
	}

	rewindTo(length: number): void {
		assert(length >= 0 && length <= this.length, "a cache is rewound to an earlier position");
		this.native.rewindTo(length);
	}

	grow(capacity: number): void {
		makingRoom(capacity, () => {
			this.native.grow(capacity);
		});
	}

	copyPrefix(length: number, capacity: number): NativeKvCache {
		assert(length <= this.length, "only filled positions are copied");
		return makingRoom(capacity, () => new NativeKvCache(this.native.copyPrefix(length, capacity)));
	}

	readPrefix(length: number, start: number, target: Uint8Array): void {
		this.native.readPrefix(length, start, target);
	}

	writePrefix(length: number, start: number, source: Uint8Array): void {
		this.native.writePrefix(length, start, source);
	}

	markFilled(length: number): void {
		this.native.markFilled(length);
	}

	dispose(): void {
		this.native.dispose();
	}
}

/**
 * @throws EngineError "runtimeFailed" when the system doesn't promise the memory, which only few are set up to do:
 *   others end the process that takes too much.
 */
export function makingRoom<Result>(positions: number, make: () => Result): Result {
	try {
		return make();
	} catch (error) {
		if (error instanceof TypeError) {
			throw error;
		}
		throw new EngineError(
			"runtimeFailed",
			`There is no memory for a KV cache of ${positions} tokens on this machine; ask with less context.`,
			{ cause: error },
		);
	}
}
