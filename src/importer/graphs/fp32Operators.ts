import { microsoftDomain } from "../onnx/graphBuilder.ts";
import { fp32Parts, type Fp32Matrix } from "../storedMatrix.ts";
import type { MatrixOperators } from "./matrixOperators.ts";

/** The weights as they are: the exact counterpart that the graph itself is checked with. */
export const fp32Operators: MatrixOperators<Fp32Matrix> = {
	linear: (graph, name, { rows, columns, values }, input, output) => {
		const weight = graph.externalConstant(`${name}.weight`, "float32", [rows, columns], values);
		const attributes = { transB: { int: 1 } };
		graph.node("FusedMatMul", [input, weight], [output], attributes, microsoftDomain);
	},
	embedding: (graph, name, { rows, columns, values }, tokens, output) => {
		const table = graph.externalConstant(`${name}.weight`, "float32", [rows, columns], values);
		graph.node("Gather", [table, tokens], [output], { axis: { int: 0 } });
	},
	parts: fp32Parts,
};
