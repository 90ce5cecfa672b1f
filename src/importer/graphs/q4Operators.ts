import { microsoftDomain, type GraphBuilder } from "../onnx/graphBuilder.ts";
import { q4BlockSize } from "../q4.ts";
import { q4Parts, type Q4Matrix } from "../storedMatrix.ts";
import type { MatrixOperators } from "./matrixOperators.ts";

/**
 * The arithmetic of int4 linear layers. "int8" rounds the activations to 8 bits in blocks of 32, "fp32"
 * keeps them. Rounding changes logits by 0.3 to 0.7 %, which is a tenth of what int4 weights cost, and
 * takes 10 to 30 % off the time of a step.
 */
export type LinearArithmetic = "int8" | "fp32";

/** MatMulNBits' accuracy_level. */
const accuracyLevels = { int8: 4, fp32: 1 } as const;

export const q4Operators = (arithmetic: LinearArithmetic): MatrixOperators<Q4Matrix> => ({
	linear: (graph, name, weight, input, output) => {
		linearQ4(graph, arithmetic, name, weight, input, output);
	},
	embedding: embeddingQ4,
	parts: q4Parts,
});

/** [.., columns] → [.., rows]. */
export function linearQ4(
	graph: GraphBuilder,
	arithmetic: LinearArithmetic,
	name: string,
	{ rows, columns, packed, scales }: Q4Matrix,
	input: string,
	output: string,
): void {
	const blocks = columns / q4BlockSize;
	const packedShape = [rows, blocks, q4BlockSize / 2];
	graph.node(
		"MatMulNBits",
		[
			input,
			graph.externalConstant(`${name}.q4`, "uint8", packedShape, packed),
			graph.externalConstant(`${name}.scales`, "float32", [rows, blocks], scales),
		],
		[output],
		{
			K: { int: columns },
			N: { int: rows },
			bits: { int: 4 },
			block_size: { int: q4BlockSize },
			accuracy_level: { int: accuracyLevels[arithmetic] },
		},
		microsoftDomain,
	);
}

/** int64 [..] → [.., columns]. Its tensors are `{name}.q4` [rows, columns ÷ 2] and `{name}.scales`. */
export function embeddingQ4(
	graph: GraphBuilder,
	name: string,
	{ rows, columns, packed, scales }: Q4Matrix,
	tokens: string,
	output: string,
): void {
	const scalesShape = [rows, columns / q4BlockSize];
	graph.node(
		"GatherBlockQuantized",
		[
			graph.externalConstant(`${name}.q4`, "uint8", [rows, columns / 2], packed),
			tokens,
			graph.externalConstant(`${name}.scales`, "float32", scalesShape, scales),
		],
		[output],
		{
			bits: { int: 4 },
			block_size: { int: q4BlockSize },
			gather_axis: { int: 0 },
			quantize_axis: { int: 1 },
		},
		microsoftDomain,
	);
}
