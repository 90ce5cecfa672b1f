import { assert } from "../base/assert.ts";

/** Counts of 32-bit keys: open addressing over two arrays, 8 bytes a slot, at most half full. */
export class CountTable {
	#keys = new Uint32Array(1 << 10);
	/** 0 marks a free slot: nothing that is in the table has been counted zero times. */
	#counts = new Uint32Array(1 << 10);
	#size = 0;

	/** How many different keys were counted. */
	get size(): number {
		return this.#size;
	}

	get(key: number): number {
		return this.#counts[this.#slotOf(key)] ?? 0;
	}

	/** Counts `key` `times` times, at least once. */
	add(key: number, times = 1): void {
		assert(times > 0, "a key is counted at least once");
		let slot = this.#slotOf(key);
		if (this.#counts[slot] === 0) {
			if (this.#size * 2 >= this.#keys.length) {
				this.#grow();
				slot = this.#slotOf(key);
			}
			this.#size++;
			this.#keys[slot] = key;
		}
		this.#counts[slot] = (this.#counts[slot] ?? 0) + times;
	}

	forEach(visit: (key: number, count: number) => void): void {
		for (let slot = 0; slot < this.#keys.length; slot++) {
			const count = this.#counts[slot] ?? 0;
			if (count > 0) {
				visit(this.#keys[slot] ?? 0, count);
			}
		}
	}

	/** The slot of `key`, or the free one where it belongs. */
	#slotOf(key: number): number {
		const mask = this.#keys.length - 1;
		// The multiplier is MurmurHash3's; its high bits are the well mixed ones.
		let slot = (Math.imul(key ^ (key >>> 15), 0x85eb_ca6b) >>> 8) & mask;
		while (this.#counts[slot] !== 0 && this.#keys[slot] !== key) {
			slot = (slot + 1) & mask;
		}
		return slot;
	}

	#grow(): void {
		const keys = this.#keys;
		const counts = this.#counts;
		this.#keys = new Uint32Array(keys.length * 2);
		this.#counts = new Uint32Array(keys.length * 2);
		for (let slot = 0; slot < keys.length; slot++) {
			const count = counts[slot] ?? 0;
			if (count > 0) {
				const place = this.#slotOf(keys[slot] ?? 0);
				this.#keys[place] = keys[slot] ?? 0;
				this.#counts[place] = count;
			}
		}
	}
}
