import type { Unit } from "./unit.ts";

/** How much a name is worth in the context, in expected uses at the cursor. */
export interface NameWorth {
	/** Of text that mentions it. */
	readonly mention: number;
	/** Of its definition, beside that. */
	readonly definition: number;
}

/** The names of a unit that are worth something, by number. */
export interface PricedUnit {
	readonly mentions: readonly number[];
	readonly defines: readonly number[];
}

/**
 * Names with what they are worth, by number: a unit is weighed dozens of times while units are chosen, and its
 * names are looked up only once.
 */
export class PricedNames {
	readonly mentions: Float64Array;
	readonly definitions: Float64Array;
	readonly #numbers = new Map<string, number>();
	readonly #units = new Map<Unit, PricedUnit>();

	constructor(worths: ReadonlyMap<string, NameWorth>) {
		this.mentions = new Float64Array(worths.size);
		this.definitions = new Float64Array(worths.size);
		for (const [name, { mention, definition }] of worths) {
			const number = this.#numbers.size;
			this.#numbers.set(name, number);
			this.mentions[number] = mention;
			this.definitions[number] = definition;
		}
	}

	get size(): number {
		return this.mentions.length;
	}

	of(unit: Unit): PricedUnit {
		let priced = this.#units.get(unit);
		if (priced === undefined) {
			priced = { mentions: this.#numbersOf(unit.mentions), defines: this.#numbersOf(unit.defines) };
			this.#units.set(unit, priced);
		}
		return priced;
	}

	#numbersOf(names: readonly string[]): readonly number[] {
		const numbers: number[] = [];
		for (const name of names) {
			const number = this.#numbers.get(name);
			if (number !== undefined) {
				numbers.push(number);
			}
		}
		return numbers;
	}
}
