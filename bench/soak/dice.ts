import { assert } from "../../src/base/assert.ts";
import { uniformAt } from "../../src/engine/sampling/random.ts";

/** Chance that is the same for the same seed. */
export class Dice {
	readonly #seed: number;
	#throws = 0;

	constructor(seed: number) {
		this.#seed = seed;
	}

	/** In [0, 1). */
	uniform(): number {
		return uniformAt(this.#seed, this.#throws++);
	}

	/** A whole number in [0, `end`). */
	below(end: number): number {
		return Math.floor(this.uniform() * end);
	}

	/** True with this probability. */
	isLucky(probability: number): boolean {
		return this.uniform() < probability;
	}

	pick<Value extends string>(values: readonly Value[]): Value {
		const value = values[this.below(values.length)];
		assert(value !== undefined, "there is something to pick");
		return value;
	}

	shuffled<Value>(values: readonly Value[]): readonly Value[] {
		return values
			.map((value) => ({ value, place: this.uniform() }))
			.sort((a, b) => a.place - b.place)
			.map(({ value }) => value);
	}
}
