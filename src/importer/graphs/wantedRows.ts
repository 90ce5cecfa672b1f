import { graphContract } from "../../model/graphContract.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";

const maxInt64 = 2n ** 63n - 1n;

/** Declares the constants that {@link wantedRows} needs. */
export function declareWantedRows(graph: GraphBuilder): void {
	graph.constant("axis.sequence", BigInt64Array.of(1n), [1]);
	graph.constant("sequence_end", BigInt64Array.of(maxInt64), [1]);
}

/** The rows of `input` [1, S, ..] whose logits are wanted: [1, S − logits_start, ..]. */
export function wantedRows(graph: GraphBuilder, input: string): string {
	return graph.node(
		"Slice",
		[input, graphContract.logitsStart, "sequence_end", "axis.sequence"],
		[`${input}.wanted`],
	);
}
