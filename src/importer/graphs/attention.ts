import type { DecoderPlan } from "../decoderPlan.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredAttention } from "../storedAttention.ts";
import type { GraphTarget } from "./graphTarget.ts";
import { declareGroupedAttention, writeGroupedAttention } from "./groupedAttention.ts";
import {
	declareLatentAttention,
	writeLatentAttention,
	writeLatentValues,
} from "./latentAttention.ts";

/** Constants that all layers share. */
export function declareAttention(graph: GraphBuilder, plan: DecoderPlan): void {
	declareGroupedAttention(graph, plan);
	declareLatentAttention(graph, plan);
}

/** `input` [1, S, hiddenSize] → [1, S, ..], which {@link writeAttentionOutput} takes, all rows or some of them. */
export const writeAttention = <StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	attention: StoredAttention<StoredMatrix>,
	input: string,
): string =>
	attention.kind === "grouped"
		? writeGroupedAttention(target, layer, attention, input)
		: writeLatentAttention(target, layer, attention, input);

/** What {@link writeAttention} returns → [1, S, hiddenSize]. */
export function writeAttentionOutput<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	attention: StoredAttention<StoredMatrix>,
	attended: string,
): string {
	const name = `layers.${layer}`;
	const output = `${name}.attention_output`;
	target.operators.matrices.linear(
		target.graph,
		`${name}.o_proj`,
		attention.output,
		attention.kind === "grouped" ? attended : writeLatentValues(target, layer, attention, attended),
		output,
	);
	return output;
}
