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

/** Rows multiplied by `factor`. */
export async function* scaledRows(rows: RowStream, factor: number): AsyncGenerator<Float32Array> {
	for await (const values of rows) {
		yield values.map((value) => factor * value);
	}
}

/**
 * Rows 0, 2, 4, … and then 1, 3, 5, …: what a checkpoint rotates in pairs (2i, 2i + 1) becomes what is rotated in
 * pairs (i, i + half). For a matrix that fits in memory.
 */
export async function* evenRowsFirst(
	rows: RowStream,
	columns: number,
): AsyncGenerator<Float32Array> {
	const values = await collected(rows);
	const half = values.length / columns / 2;
	assert(Number.isInteger(half), "every row has a partner");
	const sorted = new Float32Array(values.length);
	for (let row = 0; row < 2 * half; row++) {
		const from = (row < half ? 2 * row : 2 * (row - half) + 1) * columns;
		sorted.set(values.subarray(from, from + columns), row * columns);
	}
	yield sorted;
}

/** The transpose of a matrix that fits in memory: `columns` rows. */
export async function* transposed(rows: RowStream, columns: number): AsyncGenerator<Float32Array> {
	const values = await collected(rows);
	const rowCount = values.length / columns;
	yield values.map((_, i) => values[(i % rowCount) * columns + Math.floor(i / rowCount)] ?? 0);
}

async function collected(rows: RowStream): Promise<Float32Array> {
	const pieces: Float32Array[] = [];
	for await (const piece of rows) {
		pieces.push(piece);
	}
	const [first] = pieces;
	if (first !== undefined && pieces.length === 1) {
		return first;
	}
	const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
	let length = 0;
	for (const piece of pieces) {
		all.set(piece, length);
		length += piece.length;
	}
	return all;
}
