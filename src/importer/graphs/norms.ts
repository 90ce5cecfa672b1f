import { microsoftDomain } from "../onnx/graphBuilder.ts";
import type { GraphTarget } from "./graphTarget.ts";

/** RMS norm of `input` over its last axis. The norm's name is that of its output. */
export function writeNorm<StoredMatrix>(
	{ graph, decoder }: GraphTarget<StoredMatrix>,
	norm: {
		readonly values: Float32Array;
		readonly name: string;
		readonly input: string;
	},
): string {
	const scale = graph.constant(`${norm.name}.weight`, norm.values, [norm.values.length]);
	return graph.node("SimplifiedLayerNormalization", [norm.input, scale], [norm.name], {
		axis: { int: -1 },
		epsilon: { float: decoder.plan.normEpsilon },
	});
}

/** RMS norm of `added` plus `residual`. The sum is the new residual, and gets the name `sum`. */
export function writeResidualNorm<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	norm: {
		readonly values: Float32Array;
		readonly name: string;
		readonly added: string;
		readonly residual: string | undefined;
		readonly sum: string;
	},
): { readonly normed: string; readonly residual: string } {
	const { values, name, added, residual, sum } = norm;
	if (residual === undefined) {
		return { normed: writeNorm(target, { values, name, input: added }), residual: added };
	}
	const { graph, decoder } = target;
	const scale = graph.constant(`${name}.weight`, values, [values.length]);
	const normed = graph.node(
		"SkipSimplifiedLayerNormalization",
		[residual, added, scale],
		[name, "", "", sum],
		{ epsilon: { float: decoder.plan.normEpsilon } },
		microsoftDomain,
	);
	return { normed, residual: sum };
}
