/** How fast old measurements lose weight: after 20 passes half is left. */
const decay = 0.5 ** (1 / 20);

/**
 * Least variance of the rows, relative to the square of their mean, that tells a slope from noise: with rows that
 * differ by a fifth and times that differ by a twentieth the base is known to a twentieth of a pass.
 */
const minRelativeVariance = 0.04;

/** A pass counts as at most so many times what was foreseen: a machine that slept says nothing about its speed. */
const maxSurprise = 4;

/** What a forward pass costs: `baseMs` however many rows it has, and `perRowMs` for each. Neither is negative. */
export interface PassTime {
	readonly baseMs: number;
	readonly perRowMs: number;
}

/**
 * Time of a forward pass as a line over its number of rows, fitted by least squares to what was measured, newer passes
 * counting more. It follows the machine's load and the growing KV cache.
 */
export class PassLine {
	#weight = 0;
	#rows = 0;
	#rowsSquared = 0;
	#time = 0;
	#rowsTime = 0;

	record(rows: number, elapsedMs: number): void {
		const foreseen = this.fit();
		const ms =
			foreseen === undefined
				? elapsedMs
				: Math.min(elapsedMs, maxSurprise * (foreseen.baseMs + foreseen.perRowMs * rows));
		this.#weight = this.#weight * decay + 1;
		this.#rows = this.#rows * decay + rows;
		this.#rowsSquared = this.#rowsSquared * decay + rows * rows;
		this.#time = this.#time * decay + ms;
		this.#rowsTime = this.#rowsTime * decay + rows * ms;
	}

	/** Of the passes that still count, or undefined before the first. */
	get meanRows(): number | undefined {
		return this.#weight === 0 ? undefined : this.#rows / this.#weight;
	}

	/** Undefined while all passes were of nearly one size, which says nothing about the slope. */
	fit(): PassTime | undefined {
		const meanRows = this.#rows / this.#weight;
		const variance = this.#rowsSquared / this.#weight - meanRows * meanRows;
		if (!(variance >= minRelativeVariance * meanRows * meanRows)) {
			return undefined;
		}
		const meanTime = this.#time / this.#weight;
		const covariance = this.#rowsTime / this.#weight - meanRows * meanTime;
		// A line through the origin or a level one, where noise would have it fall or begin below zero.
		const perRowMs = Math.min(Math.max(0, covariance / variance), meanTime / meanRows);
		return { baseMs: meanTime - perRowMs * meanRows, perRowMs };
	}
}
