import { microsoftDomain } from "../onnx/graphBuilder.ts";
import type { RouterWriter } from "./expertsLayer.ts";

/** → [1, S, experts], in one operator of the runtime. */
export const fusedRouter: RouterWriter = (graph, name, hidden, weight) =>
	graph.node("FusedMatMul", [hidden, weight], [name], { transB: { int: 1 } }, microsoftDomain);

/** Name of the shape that {@link plainRouter} needs: int64 [-1, hiddenSize]. */
export const routerRowsShape = "shape.router_rows";

/** → [S, experts], in operators of every provider: WebGPU has no FusedMatMul, and would leave it to the processor. */
export const plainRouter: RouterWriter = (graph, name, hidden, weight) => {
	const rows = graph.node("Reshape", [hidden, routerRowsShape], [`${name}.rows`]);
	return graph.node("Gemm", [rows, weight], [name], { transB: { int: 1 } });
};
