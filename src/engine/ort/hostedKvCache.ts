import { ForwardingKvCache } from "../forwardingKvCache.ts";
import type { OrtKvCache } from "./ortKvCache.ts";

/**
 * Keys and values in ordinary memory, and what a device has of them. Ordinary memory always has all: what a pass adds comes back,
 * a few kilobytes a token. So a cache can be copied, saved and given to another backend without asking the device, which may be
 * gone; and it is the device's copy that is lost first where its memory is short.
 */
export abstract class HostedKvCache extends ForwardingKvCache {
	/** What lies in ordinary memory; `bytes` counts that. */
	protected readonly host: OrtKvCache;

	constructor(host: OrtKvCache) {
		super();
		this.host = host;
	}

	protected override get target(): OrtKvCache {
		return this.host;
	}

	abstract get isOnDevice(): boolean;

	get bytesElsewhere(): number {
		return this.isOnDevice ? 0 : this.filledBytes;
	}

	/** Memory of the positions that are filled. */
	protected get filledBytes(): number {
		const { bytes, length, capacity } = this.host;
		return capacity === 0 ? 0 : (bytes / capacity) * length;
	}

	/** Gives the device's memory back; the next pass takes it again. */
	abstract leaveDevice(): void;

	override writePrefix(length: number, start: number, source: Uint8Array): void {
		this.leaveDevice();
		super.writePrefix(length, start, source);
	}

	override markFilled(length: number): void {
		this.leaveDevice();
		super.markFilled(length);
	}

	override dispose(): void {
		this.leaveDevice();
		super.dispose();
	}
}

/** A completion's and a conversation's, which take turns; the caches of others are brought back when they are used. */
const mostOnDevice = 2;

/** Caches that hold memory of a device: few, so that other windows, and the screen, have some too. */
export class CachesOnDevice {
	/** The last used last. */
	#caches: readonly HostedKvCache[] = [];

	/** A pass has run over `cache`. Others may have to leave. */
	used(cache: HostedKvCache): void {
		const others = this.#caches.filter((other) => other !== cache && other.isOnDevice);
		const kept = others.slice(Math.max(0, others.length - (mostOnDevice - 1)));
		for (const other of others) {
			if (!kept.includes(other)) {
				other.leaveDevice();
			}
		}
		this.#caches = [...kept, cache];
	}

	leaveAll(): void {
		for (const cache of this.#caches) {
			cache.leaveDevice();
		}
		this.#caches = [];
	}
}
