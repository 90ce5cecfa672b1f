import { microsoftDomain, type GraphBuilder } from "../onnx/graphBuilder.ts";

/** Names of int64 [1] constants with which every second column is cut out. */
export interface SwiGluConstants {
	/** 0 and 1 */
	readonly gate: string;
	readonly up: string;
	/** 2 */
	readonly step: string;
	readonly axis: string;
	/** The largest number. */
	readonly end: string;
}

/** silu(gate) · up of `gateUp` [.., 2 · size], in whose last axis the two come by turns: [.., size]. */
export function writeSwiGlu(
	graph: GraphBuilder,
	name: string,
	gateUp: string,
	constants: SwiGluConstants,
): string {
	const { axis, end, step } = constants;
	const everySecond = (part: "gate" | "up"): string =>
		graph.node("Slice", [gateUp, constants[part], end, axis, step], [`${name}.${part}`]);
	const gate = everySecond("gate");
	const up = everySecond("up");
	// x · sigmoid(alpha · x)
	const silu = graph.node(
		"QuickGelu",
		[gate],
		[`${name}.silu`],
		{ alpha: { float: 1 } },
		microsoftDomain,
	);
	return graph.node("Mul", [silu, up], [`${name}.inner`]);
}
