import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredSwiGlus } from "../storedFeedForward.ts";
import { int64s, maxInt64, type GraphTarget } from "./graphTarget.ts";
import { writeSwiGlu } from "./swiGlu.ts";

const constants = {
	gate: "dense.gate_start",
	up: "dense.up_start",
	step: "dense.step",
	axis: "dense.axis",
	end: "dense.end",
} as const;

/** Constants that all dense layers share. */
export function declareDense(graph: GraphBuilder): void {
	int64s(graph, constants.gate, 0);
	int64s(graph, constants.up, 1);
	int64s(graph, constants.step, 2);
	int64s(graph, constants.axis, -1);
	int64s(graph, constants.end, maxInt64);
}

/** One SwiGLU for every row: `hidden` [1, S, hiddenSize] → `output` of the same shape. */
export function writeDense<StoredMatrix>(
	{ graph, operators }: GraphTarget<StoredMatrix>,
	name: string,
	{ gateUp, down }: StoredSwiGlus<StoredMatrix>,
	hidden: string,
	output: string,
): void {
	const product = `${name}.gate_up`;
	operators.matrices.linear(graph, product, gateUp, hidden, `${product}.output`);
	const inner = writeSwiGlu(graph, name, `${product}.output`, constants);
	operators.matrices.linear(graph, `${name}.down`, down, inner, output);
}
