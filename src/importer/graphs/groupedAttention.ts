import type { DecoderPlan } from "../decoderPlan.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredGroupedAttention } from "../storedAttention.ts";
import { int64s, type GraphTarget } from "./graphTarget.ts";
import { writeCachedAttention } from "./kvCacheParts.ts";
import { writeNorm } from "./norms.ts";
import { rotaryNames } from "./rotaryConstants.ts";

/** Constants that all layers share: their heads are alike. Nothing where no layer has such attention. */
export function declareGroupedAttention(graph: GraphBuilder, { layers }: DecoderPlan): void {
	const attentions = layers
		.map(({ attention }) => attention)
		.filter((attention) => attention.kind === "grouped");
	const [first] = attentions;
	if (first === undefined) {
		return;
	}
	const { heads, kvHeads, headDim } = first;
	if (attentions.some(({ headNorms }) => headNorms !== undefined)) {
		// A 0 in Reshape's shape keeps the dimension of the input.
		int64s(graph, "shape.q_heads", 0, 0, heads, headDim);
		int64s(graph, "shape.kv_heads", 0, 0, kvHeads, headDim);
		int64s(graph, "shape.q_flat", 0, 0, heads * headDim);
		int64s(graph, "shape.kv_flat", 0, 0, kvHeads * headDim);
	}
	int64s(graph, "split.qkv", heads * headDim, kvHeads * headDim, kvHeads * headDim);
}

/** `input` [1, S, hiddenSize] → [1, S, heads · headDim], which the output projection takes. */
export function writeGroupedAttention<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	attention: StoredGroupedAttention<StoredMatrix>,
	input: string,
): string {
	const { graph } = target;
	const { heads, kvHeads, rotary, windowTokens } = attention.plan;
	const name = `layers.${layer}`;
	graph.node(
		"Split",
		[writeQkv(target, name, attention, input), "split.qkv"],
		[`${name}.q`, `${name}.k`, `${name}.v`],
		{ axis: { int: -1 } },
	);
	const { headNorms } = attention;
	const headNorm = (values: Float32Array | undefined, part: string, kind: "q" | "kv"): string =>
		values === undefined ? part : writeHeadNorm(target, values, part, kind);
	return writeCachedAttention(
		target,
		layer,
		{
			query: headNorm(headNorms?.query, `${name}.q`, "q"),
			key: headNorm(headNorms?.key, `${name}.k`, "kv"),
			value: `${name}.v`,
			rotary: rotaryNames(rotary),
		},
		{
			num_heads: { int: heads },
			kv_num_heads: { int: kvHeads },
			do_rotary: { int: 1 },
			rotary_interleaved: { int: 0 },
			...(windowTokens !== undefined && { local_window_size: { int: windowTokens } }),
		},
	);
}

function writeQkv<StoredMatrix>(
	{ graph, operators }: GraphTarget<StoredMatrix>,
	name: string,
	{ qkv, qkvBias }: StoredGroupedAttention<StoredMatrix>,
	input: string,
): string {
	const output = `${name}.qkv`;
	if (qkvBias === undefined) {
		operators.matrices.linear(graph, `${name}.qkv_proj`, qkv, input, output);
		return output;
	}
	const bias = graph.constant(`${name}.qkv_proj.bias`, qkvBias, [qkvBias.length]);
	operators.matrices.linear(graph, `${name}.qkv_proj`, qkv, input, `${output}.unbiased`);
	return graph.node("Add", [`${output}.unbiased`, bias], [output]);
}

/** RMS norm over each head of `input`, which comes before the rotation and so can't be left to attention. */
function writeHeadNorm<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	values: Float32Array,
	input: string,
	kind: "q" | "kv",
): string {
	const { graph } = target;
	const split = graph.node("Reshape", [input, `shape.${kind}_heads`], [`${input}.heads`]);
	const normed = writeNorm(target, { values, name: `${input}_norm`, input: split });
	return graph.node("Reshape", [normed, `shape.${kind}_flat`], [`${input}.normed`]);
}
