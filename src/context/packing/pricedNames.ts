import type { Unit } from "./unit.ts";

/** Where the names of a unit that are worth something stand in `PricedNames.numbers`. */
export interface PricedUnit {
	readonly mentionsStart: number;
	/** Where those that it mentions end and those that it defines begin. */
	readonly definesStart: number;
	readonly end: number;
}

/**
 * Names with what they are worth in the context, in expected uses at the cursor. By number: a unit is weighed
 * dozens of times while units are chosen, and its names are looked up only once.
 */
export class PricedNames {
	/** By number: of text that mentions a name, and of its definition beside that. */
	readonly mentions: Float64Array;
	readonly definitions: Float64Array;
	/** The names of the units that were asked about, one unit after the other. */
	numbers = new Int32Array(4096);
	#used = 0;
	readonly #numbers = new Map<string, number>();
	readonly #units = new Map<Unit, PricedUnit>();

	/** For at most `size` names. */
	constructor(size: number) {
		this.mentions = new Float64Array(size);
		this.definitions = new Float64Array(size);
	}

	get size(): number {
		return this.mentions.length;
	}

	add(name: string, mention: number, definition: number): void {
		const number = this.#numbers.size;
		this.#numbers.set(name, number);
		this.mentions[number] = mention;
		this.definitions[number] = definition;
	}

	of(unit: Unit): PricedUnit {
		let priced = this.#units.get(unit);
		if (priced === undefined) {
			const mentionsStart = this.#used;
			this.#append(unit.mentions);
			const definesStart = this.#used;
			this.#append(unit.defines);
			priced = { mentionsStart, definesStart, end: this.#used };
			this.#units.set(unit, priced);
		}
		return priced;
	}

	#append(names: readonly string[]): void {
		if (this.#used + names.length > this.numbers.length) {
			const larger = new Int32Array(this.numbers.length * 2 + names.length);
			larger.set(this.numbers);
			this.numbers = larger;
		}
		for (const name of names) {
			const number = this.#numbers.get(name);
			if (number !== undefined) {
				this.numbers[this.#used++] = number;
			}
		}
	}
}
