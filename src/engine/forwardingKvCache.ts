import type { KvCache } from "./backend.ts";

/** A KV cache over another one, which does what isn't done otherwise. */
export abstract class ForwardingKvCache implements KvCache {
	/** May be another one from call to call. */
	protected abstract get target(): KvCache;

	abstract copyPrefix(length: number, capacity: number): KvCache;

	get length(): number {
		return this.target.length;
	}

	get capacity(): number {
		return this.target.capacity;
	}

	get bytes(): number {
		return this.target.bytes;
	}

	rewindTo(length: number): void {
		this.target.rewindTo(length);
	}

	grow(capacity: number): void {
		this.target.grow(capacity);
	}

	readPrefix(length: number, start: number, target: Uint8Array): void {
		this.target.readPrefix(length, start, target);
	}

	writePrefix(length: number, start: number, source: Uint8Array): void {
		this.target.writePrefix(length, start, source);
	}

	markFilled(length: number): void {
		this.target.markFilled(length);
	}

	dispose(): void {
		this.target.dispose();
	}
}
