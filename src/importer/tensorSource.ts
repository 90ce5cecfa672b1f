import type { RowStream } from "./rowStreams.ts";

/**
 * Where the tensors of a checkpoint come from: what stands between a file format and what an architecture makes
 * of it. Tensors have the names and shapes of published Hugging Face checkpoints, and finite float32 values,
 * whatever they are called and stored as.
 */
export interface TensorSource {
	/**
	 * The whole of a small tensor.
	 *
	 * @throws ImportError where there is no such tensor, or not of exactly this shape
	 */
	read(name: string, shape: readonly number[]): Promise<Float32Array>;
	/**
	 * Rows of a matrix, all of them unless told otherwise, in pieces of whole rows. Nothing is read until somebody
	 * iterates.
	 *
	 * @throws ImportError at once, where there is no such tensor, or not of exactly this shape
	 */
	readRows(name: string, shape: MatrixShape, range?: RowRange): RowStream;
}

export type MatrixShape = readonly [rows: number, columns: number];

/** From `start` on, without `end`. */
export interface RowRange {
	readonly start: number;
	readonly end: number;
}
