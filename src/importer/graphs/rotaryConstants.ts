import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredDecoder } from "../storedDecoder.ts";

/** Names of the tables of a rotation, by its index in the plan. */
export const rotaryNames = (index: number): readonly [cos: string, sin: string] =>
	index === 0 ? ["rotary.cos", "rotary.sin"] : [`rotary.${index}.cos`, `rotary.${index}.sin`];

export function declareRotary<StoredMatrix>(
	graph: GraphBuilder,
	{ plan, rotary }: StoredDecoder<StoredMatrix>,
): void {
	for (const [index, { dim, cos, sin }] of rotary.entries()) {
		const [cosName, sinName] = rotaryNames(index);
		const shape = [plan.contextLength, dim / 2];
		graph.externalConstant(cosName, "float32", shape, cos);
		graph.externalConstant(sinName, "float32", shape, sin);
	}
}
