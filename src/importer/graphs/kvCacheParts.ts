import { deviceGraphContract, graphContract } from "../../model/graphContract.ts";
import type { DecoderPlan } from "../decoderPlan.ts";
import { microsoftDomain, type Attribute, type GraphBuilder } from "../onnx/graphBuilder.ts";
import { int64s, type GraphTarget } from "./graphTarget.ts";

/** What {@link graphContract} says about the KV cache: its inputs, and what a pass appends to it. */

/** Where in the present keys and values what this pass appends ends: int64 [1]. */
const appendedEnd = "appended.end";

const parts = ["key", "value"] as const;

export function declareKvInputs(
	graph: GraphBuilder,
	plan: DecoderPlan,
	returnsCaches: boolean,
): void {
	const { layers, kvHeads, headDim } = plan;
	const shape = [1, kvHeads, "capacity", headDim];
	for (const layer of layers.keys()) {
		graph.input(graphContract.pastKey(layer), "float32", shape);
		graph.input(graphContract.pastValue(layer), "float32", shape);
		if (returnsCaches) {
			const present = [1, kvHeads, "present_capacity", headDim];
			graph.output(deviceGraphContract.presentKey(layer), "float32", present);
			graph.output(deviceGraphContract.presentValue(layer), "float32", present);
		}
	}
	const appended = [2 * layers.length, kvHeads, "S", headDim];
	graph.output(graphContract.appended, "float32", appended);
}

export function declareKvConstants(graph: GraphBuilder): void {
	int64s(graph, "axis.positions", 2);
}

/** Reads how many rows there are; before the first layer. */
export function writeAppendedEnd(graph: GraphBuilder): void {
	const rows = graph.node("Shape", [graphContract.inputIds], ["appended.rows"], {
		start: { int: 1 },
	});
	graph.node("Add", [graphContract.pastLength, rows], [appendedEnd]);
}

/** GroupQueryAttention of a layer over the KV cache; `rotary` has the names of the tables. Returns its output. */
export function writeCachedAttention<StoredMatrix>(
	{ graph, returnsCaches }: GraphTarget<StoredMatrix>,
	layer: number,
	inputs: {
		readonly query: string;
		readonly key: string;
		readonly value: string;
		readonly rotary: readonly [cos: string, sin: string];
	},
	attributes: Readonly<Record<string, Attribute>>,
): string {
	const presents = parts.map((part) => presentPart(returnsCaches, layer, part));
	const attention = graph.node(
		"GroupQueryAttention",
		[
			inputs.query,
			inputs.key,
			inputs.value,
			graphContract.pastKey(layer),
			graphContract.pastValue(layer),
			graphContract.seqlensK,
			graphContract.totalSequenceLength,
			...inputs.rotary,
		],
		[`layers.${layer}.attention`, ...presents],
		attributes,
		microsoftDomain,
	);
	for (const part of parts) {
		graph.node(
			"Slice",
			[
				presentPart(returnsCaches, layer, part),
				graphContract.pastLength,
				appendedEnd,
				"axis.positions",
			],
			[appendedPart(layer, part)],
		);
	}
	return attention;
}

/** Joins what every layer appends; behind the last one. */
export function writeAppended(graph: GraphBuilder, { layers }: DecoderPlan): void {
	const appended = layers.flatMap((_, layer) => parts.map((part) => appendedPart(layer, part)));
	graph.node("Concat", appended, [graphContract.appended], { axis: { int: 0 } });
}

function presentPart(returnsCaches: boolean, layer: number, part: "key" | "value"): string {
	if (!returnsCaches) {
		return `layers.${layer}.present_${part}`;
	}
	const { presentKey, presentValue } = deviceGraphContract;
	return part === "key" ? presentKey(layer) : presentValue(layer);
}
const appendedPart = (layer: number, part: "key" | "value"): string =>
	`layers.${layer}.appended_${part}`;
