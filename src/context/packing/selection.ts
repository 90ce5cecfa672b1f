import type { TokenCounts } from "../tokenCounts.ts";
import { MaxQueue } from "./maxQueue.ts";
import type { PricedNames } from "./pricedNames.ts";
import type { Unit } from "./unit.ts";

export interface SelectionOptions extends TokenCounts {
	readonly names: PricedNames;
}

export interface SelectedUnit {
	readonly unit: Unit;
	/** Worth that it added when it was taken. */
	readonly gain: number;
}

/** For the order of the queue only: what is taken is counted. */
const unitsPerToken = 3.5;

/** A line break between two units, and now and then the mark of a gap. */
const joinTokens = 1;

/**
 * Takes the units that add most worth for their tokens. A name counts once as mentioned and once as
 * defined, so gains only shrink as units are taken: the best of the queue, if its gain is still what it was,
 * is the best of all (lazy greedy).
 */
export class Selection {
	readonly taken: SelectedUnit[] = [];
	readonly #options: SelectionOptions;
	readonly #queue = new MaxQueue<Unit>();
	/** By name, whether it is mentioned, and defined, in what was taken. */
	readonly #mentioned: Uint8Array;
	readonly #defined: Uint8Array;
	readonly #files = new Set<string>();
	readonly #headers = new Set<string>();
	readonly #included = new Set<Unit>();

	constructor(units: readonly Unit[], options: SelectionOptions) {
		this.#options = options;
		this.#mentioned = new Uint8Array(options.names.size);
		this.#defined = new Uint8Array(options.names.size);
		for (const unit of units) {
			const gain = this.gainOf(unit);
			if (gain > 0) {
				this.#queue.push(unit, this.#density(unit, gain));
			}
		}
	}

	/** What a unit would add to what was taken so far. */
	gainOf(unit: Unit): number {
		const { names } = this.#options;
		const { mentionsStart, definesStart, end } = names.of(unit);
		const { numbers } = names;
		let gain = unit.worth > 0 && !this.#included.has(unit) ? unit.worth : 0;
		for (let at = mentionsStart; at < definesStart; at++) {
			const name = numbers[at] ?? 0;
			gain += this.#mentioned[name] === 0 ? (names.mentions[name] ?? 0) : 0;
		}
		for (let at = definesStart; at < end; at++) {
			const name = numbers[at] ?? 0;
			gain += this.#defined[name] === 0 ? (names.definitions[name] ?? 0) : 0;
		}
		return gain;
	}

	/** Counts a unit as there, whatever it costs: what it has isn't wanted again. Returns what it added. */
	include(unit: Unit): number {
		const gain = this.gainOf(unit);
		this.#included.add(unit);
		this.#files.add(unit.path);
		if (unit.header !== undefined) {
			this.#headers.add(headerKey(unit));
		}
		const { names } = this.#options;
		const { mentionsStart, definesStart, end } = names.of(unit);
		for (let at = mentionsStart; at < definesStart; at++) {
			this.#mentioned[names.numbers[at] ?? 0] = 1;
		}
		for (let at = definesStart; at < end; at++) {
			this.#defined[names.numbers[at] ?? 0] = 1;
		}
		return gain;
	}

	/** Takes units for up to `tokens` tokens more; says how many it counted. May be called again. */
	fill(tokens: number): number {
		const passedOver: { readonly unit: Unit; readonly priority: number }[] = [];
		let left = tokens;
		while (left > joinTokens) {
			const next = this.#queue.pop();
			if (next === undefined) {
				break;
			}
			const unit = next.value;
			const gain = this.gainOf(unit);
			if (gain <= 0) {
				continue;
			}
			const density = this.#density(unit, gain);
			if (density < next.priority && density < this.#queue.bestPriority) {
				this.#queue.push(unit, density);
				continue;
			}
			const cost = this.#options.countTokens(unit.text) + this.#surroundingTokens(unit);
			if (cost > left) {
				passedOver.push({ unit, priority: density });
				if (passedOver.length > maxPassedOver) {
					break;
				}
				continue;
			}
			left -= cost;
			this.include(unit);
			this.taken.push({ unit, gain });
		}
		for (const { unit, priority } of passedOver) {
			this.#queue.push(unit, priority);
		}
		return tokens - left;
	}

	#density(unit: Unit, gain: number): number {
		return gain / (unit.text.length / unitsPerToken + this.#surroundingTokens(unit));
	}

	#surroundingTokens(unit: Unit): number {
		const { countTokens, headerTokens } = this.#options;
		const fileTokens = this.#files.has(unit.path) ? joinTokens : headerTokens(unit.path);
		return unit.header === undefined || this.#headers.has(headerKey(unit))
			? fileTokens
			: fileTokens + countTokens(unit.header.text) + joinTokens;
	}
}

/** Units that are too large for what is left, before the search for smaller ones ends. */
const maxPassedOver = 200;

function headerKey({ header, path }: Unit): string {
	return `${header?.line ?? 0}:${path}`;
}
