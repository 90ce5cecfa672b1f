import { assert } from "../base/assert.ts";

/**
 * A matrix on its way from the checkpoint to the weights file: pieces of whole rows, in order, so that no
 * matrix has to be in memory as a whole.
 */
export type RowStream = AsyncIterable<Float32Array>;

/** All rows of one stream after the other. */
export async function* concatRows(streams: Iterable<RowStream>): AsyncGenerator<Float32Array> {
	for (const stream of streams) {
		yield* stream;
	}
}

/** Rows of two matrices of the same shape by turns, `first` leading. `columns` is the length of a row. */
export async function* interleaveRows(
	first: RowStream,
	second: RowStream,
	columns: number,
): AsyncGenerator<Float32Array> {
	const other = second[Symbol.asyncIterator]();
	for await (const evenRows of first) {
		const next = await other.next();
		const oddRows = next.done === true ? new Float32Array(0) : next.value;
		assert(oddRows.length === evenRows.length, "both matrices come in the same pieces");
		const rows = new Float32Array(evenRows.length * 2);
		for (let start = 0; start < evenRows.length; start += columns) {
			rows.set(evenRows.subarray(start, start + columns), start * 2);
			rows.set(oddRows.subarray(start, start + columns), start * 2 + columns);
		}
		yield rows;
	}
}
