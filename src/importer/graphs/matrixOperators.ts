import type { GraphBuilder } from "../onnx/graphBuilder.ts";

/** How a graph multiplies with matrices of one format. The tensors of a matrix get names that begin with `name`. */
export interface MatrixOperators<StoredMatrix> {
	/** A linear layer: [.., columns] → [.., rows]. */
	linear(
		graph: GraphBuilder,
		name: string,
		weight: StoredMatrix,
		input: string,
		output: string,
	): void;
	/** Rows of a matrix by their numbers: int64 [..] → [.., columns]. */
	embedding(
		graph: GraphBuilder,
		name: string,
		weight: StoredMatrix,
		tokens: string,
		output: string,
	): void;
	/** Matrices of as many rows each, which lie one after the other in one. */
	parts(matrix: StoredMatrix, count: number): readonly StoredMatrix[];
}
