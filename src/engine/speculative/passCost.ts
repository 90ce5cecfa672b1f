/** How fast old measurements lose weight: after 30 passes half is left. */
const decay = 0.5 ** (1 / 30);

/**
 * What another row costs in a forward pass, before anything is measured: about a quarter of a pass of one
 * row, as int4 models on a CPU were measured to do between 2 and 16 rows.
 */
const assumedRowShare = 0.25;

/**
 * Time of a forward pass as a line over its number of rows, fitted to what was measured, newer passes
 * counting more. It follows the machine's load and the growing KV cache.
 */
export class PassCost {
	#weight = 0;
	#rows = 0;
	#rowsSquared = 0;
	#time = 0;
	#rowsTime = 0;

	record(rows: number, elapsedMs: number): void {
		this.#weight = this.#weight * decay + 1;
		this.#rows = this.#rows * decay + rows;
		this.#rowsSquared = this.#rowsSquared * decay + rows * rows;
		this.#time = this.#time * decay + elapsedMs;
		this.#rowsTime = this.#rowsTime * decay + rows * elapsedMs;
	}

	/** Time of a pass of `rows` relative to one of a single row; at least 1. */
	relative(rows: number): number {
		const { base, perRow } = this.#line();
		const single = base + perRow;
		return single > 0 ? Math.max(1, (base + perRow * rows) / single) : 1;
	}

	#line(): { base: number; perRow: number } {
		const assumed = { base: 1 - assumedRowShare, perRow: assumedRowShare };
		if (this.#weight === 0) {
			return assumed;
		}
		const meanRows = this.#rows / this.#weight;
		const meanTime = this.#time / this.#weight;
		const variance = this.#rowsSquared / this.#weight - meanRows * meanRows;
		// With all passes of nearly one size the slope is unknown: keep the assumed shape.
		if (variance < 0.05) {
			return assumed;
		}
		const covariance = this.#rowsTime / this.#weight - meanRows * meanTime;
		const perRow = Math.max(0, covariance / variance);
		return { base: Math.max(0, meanTime - perRow * meanRows), perRow };
	}
}
