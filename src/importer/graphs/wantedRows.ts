import { graphContract } from "../../model/graphContract.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import { maxInt64 } from "./graphTarget.ts";

/** Declares the constants that {@link wantedRows} and {@link atLeastOneRow} need. */
export function declareWantedRows(graph: GraphBuilder): void {
	graph.constant("axis.sequence", BigInt64Array.of(1n), [1]);
	graph.constant("sequence_end", BigInt64Array.of(maxInt64), [1]);
}

/** The rows of `input` [1, S, ..] from `start` on, which unless given is the first whose logits are wanted. */
export function wantedRows(
	graph: GraphBuilder,
	input: string,
	start: string = graphContract.logitsStart,
): string {
	return graph.node("Slice", [input, start, "sequence_end", "axis.sequence"], [`${input}.wanted`]);
}

/** Where to cut for operators that can't do without rows. Both are int64 [1]. */
export interface KeptRows {
	/** The first whose logits are wanted, or the last of all where none is. */
	readonly start: string;
	/** The first whose logits are wanted, among those from `start` on. */
	readonly wantedStart: string;
}

export function atLeastOneRow(graph: GraphBuilder): KeptRows {
	const one = graph.constant("one_row", BigInt64Array.of(1n), [1]);
	const rows = graph.node("Shape", [graphContract.inputIds], ["rows"], { start: { int: 1 } });
	const last = graph.node("Sub", [rows, one], ["rows.last"]);
	const start = graph.node("Min", [graphContract.logitsStart, last], ["rows.kept_start"]);
	return {
		start,
		wantedStart: graph.node("Sub", [graphContract.logitsStart, start], ["rows.wanted_start"]),
	};
}
