import { assert } from "../../base/assert.ts";
import { nativeGraphContract } from "../../model/graphContract.ts";
import type { DecoderPlan } from "../decoderPlan.ts";
import { GraphBuilder, moteDomain } from "../onnx/graphBuilder.ts";
import { q4BlockSize } from "../q4.ts";
import type { StoredGroupedAttention } from "../storedAttention.ts";
import type { StoredDecoder, StoredLayer } from "../storedDecoder.ts";
import type { StoredFeedForward } from "../storedFeedForward.ts";
import type { Q4Matrix } from "../storedMatrix.ts";
import { embeddingQ4 } from "./q4Operators.ts";
import { declareRotary, rotaryNames } from "./rotaryConstants.ts";
import { declareWantedRows, wantedRows } from "./wantedRows.ts";

/**
 * Whether the addon's operators can express a decoder: its attention wants a norm for each head of queries and keys,
 * and knows neither biases, windows nor latents; its experts are all there is beside the residual stream.
 */
export function isNative(plan: DecoderPlan): boolean {
	return plan.layers.every(
		({ attention, feedForward }) =>
			attention.kind === "grouped" &&
			attention.headNorms !== undefined &&
			attention.biases === undefined &&
			attention.windowTokens === undefined &&
			(feedForward.kind === "dense" || feedForward.shared === undefined),
	);
}

/**
 * The decoder in the operators of Mote's own addon, with the inputs and outputs of
 * {@link nativeGraphContract}, which says what each operator computes; only where {@link isNative} says so. Norms are inputs of the operators
 * that read normed states, and the residual stream is one tensor from the embedding to the output layer.
 * Returns the bytes of the model file.
 */
export function nativeGraph(decoder: StoredDecoder<Q4Matrix>, weightsFileName: string): Uint8Array {
	const { plan, embedding, outputLayer } = decoder;
	const graph = new GraphBuilder(weightsFileName);
	declareInterface(graph, decoder);
	embeddingQ4(graph, "embed_tokens", embedding, nativeGraphContract.inputIds, "hidden.0");
	for (const [layer, weights] of decoder.layers.entries()) {
		writeLayer(graph, plan, layer, weights);
	}
	const weights =
		outputLayer === undefined
			? (["embed_tokens.q4", "embed_tokens.scales"] as const)
			: q4Constants(graph, "lm_head", outputLayer, [outputLayer.rows]);
	const norm = graph.constant("final_norm.weight", decoder.finalNorm, [plan.hiddenSize]);
	graph.node(
		"OutputLayer",
		[`hidden.${plan.layers.length}`, norm, ...weights],
		[nativeGraphContract.logits, nativeGraphContract.logSum, nativeGraphContract.best],
		{ epsilon: { float: plan.normEpsilon } },
		moteDomain,
	);
	return graph.toModel(plan.architecture);
}

function declareInterface(graph: GraphBuilder, decoder: StoredDecoder<Q4Matrix>): void {
	const { kvHeads, layers, vocabularySize } = decoder.plan;
	const contract = nativeGraphContract;
	graph.input(contract.inputIds, "int64", [1, "S"]);
	graph.input(contract.totalSequenceLength, "int32", []);
	graph.input(contract.logitsStart, "int64", [1]);
	graph.output(contract.logits, "float32", [1, "logit_rows", vocabularySize]);
	graph.output(contract.logSum, "float32", [1, "logit_rows"]);
	graph.output(contract.best, "int32", [1, "logit_rows"]);
	const cacheShape = ["blocks", kvHeads, "block_bytes"];
	for (const layer of layers.keys()) {
		graph.input(contract.pastKey(layer), "uint8", cacheShape);
		graph.input(contract.pastValue(layer), "uint8", cacheShape);
		graph.output(contract.presentKey(layer), "uint8", cacheShape);
		graph.output(contract.presentValue(layer), "uint8", cacheShape);
	}
	declareRotary(graph, decoder);
	declareWantedRows(graph);
}

function writeLayer(
	graph: GraphBuilder,
	plan: DecoderPlan,
	layer: number,
	weights: StoredLayer<Q4Matrix>,
): void {
	const name = `layers.${layer}`;
	const hidden = `hidden.${layer}`;
	const epsilon = { float: plan.normEpsilon };
	const { attention: attentionWeights } = weights;
	assert(attentionWeights.kind === "grouped", "the decoder is native");
	const linear = (
		part: string,
		weight: Q4Matrix,
		input: string,
		{ norm = "", residual = "" },
		output: string,
	): string =>
		graph.node(
			"Linear",
			[input, ...q4Constants(graph, `${name}.${part}`, weight, [weight.rows]), norm, residual],
			[output],
			{ epsilon },
			moteDomain,
		);
	const inputNorm = normConstant(graph, `${name}.input_norm`, weights.inputNorm);
	const qkv = linear("qkv_proj", attentionWeights.qkv, hidden, { norm: inputNorm }, `${name}.qkv`);
	const attention = writeAttention(graph, plan, layer, attentionWeights, qkv);
	// No later row depends on these, so that a prefill chunk without logits skips most of the last layer.
	const isLast = layer === plan.layers.length - 1;
	const residual = isLast ? wantedRows(graph, hidden) : hidden;
	const attended = linear(
		"o_proj",
		attentionWeights.output,
		isLast ? wantedRows(graph, attention) : attention,
		{ residual },
		`${name}.attended`,
	);
	const norm = normConstant(graph, `${name}.post_attention_norm`, weights.postAttentionNorm);
	writeFeedForward(graph, plan, layer, weights.feedForward, [attended, norm]);
}

function writeAttention(
	graph: GraphBuilder,
	{ normEpsilon }: DecoderPlan,
	layer: number,
	{ plan, headNorms }: StoredGroupedAttention<Q4Matrix>,
	qkv: string,
): string {
	assert(headNorms !== undefined, "the decoder is native");
	const name = `layers.${layer}`;
	return graph.node(
		"Attention",
		[
			qkv,
			nativeGraphContract.pastKey(layer),
			nativeGraphContract.pastValue(layer),
			nativeGraphContract.totalSequenceLength,
			...rotaryNames(plan.rotary),
			normConstant(graph, `${name}.q_norm`, headNorms.query),
			normConstant(graph, `${name}.k_norm`, headNorms.key),
		],
		[
			`${name}.attention`,
			nativeGraphContract.presentKey(layer),
			nativeGraphContract.presentValue(layer),
		],
		{
			num_heads: { int: plan.heads },
			kv_num_heads: { int: plan.kvHeads },
			epsilon: { float: normEpsilon },
		},
		moteDomain,
	);
}

/** Experts, or a dense layer as the one expert that there is, which every row chooses whatever its router says. */
function writeFeedForward(
	graph: GraphBuilder,
	{ hiddenSize, normEpsilon }: DecoderPlan,
	layer: number,
	weights: StoredFeedForward<Q4Matrix>,
	inputs: readonly [states: string, norm: string],
): void {
	const name = `layers.${layer}`;
	const { experts, expertSize, expertsPerToken, normalizeRouting } =
		weights.kind === "experts"
			? weights.plan
			: { experts: 1, expertSize: weights.plan.size, expertsPerToken: 1, normalizeRouting: true };
	const routerName = `${name}.router.weight`;
	const routerShape = [experts, hiddenSize];
	graph.node(
		"Experts",
		[
			...inputs,
			weights.kind === "experts"
				? graph.externalConstant(routerName, "float32", routerShape, weights.router)
				: graph.constant(routerName, new Float32Array(hiddenSize), routerShape),
			...q4Constants(graph, `${name}.experts.gate_up`, weights.gateUp, [experts, 2 * expertSize]),
			...q4Constants(graph, `${name}.experts.down`, weights.down, [experts, hiddenSize]),
		],
		[`hidden.${layer + 1}`],
		{
			k: { int: expertsPerToken },
			normalize: { int: normalizeRouting ? 1 : 0 },
			epsilon: { float: normEpsilon },
		},
		moteDomain,
	);
}

const normConstant = (graph: GraphBuilder, name: string, values: Float32Array): string =>
	graph.constant(`${name}.weight`, values, [values.length]);

/** A matrix as packed weights [..rows, columns ÷ 2] and scales [..rows, columns ÷ 32]; the names of both. */
function q4Constants(
	graph: GraphBuilder,
	name: string,
	{ columns, packed, scales }: Q4Matrix,
	rows: readonly number[],
): readonly [string, string] {
	return [
		graph.externalConstant(`${name}.q4`, "uint8", [...rows, columns / 2], packed),
		graph.externalConstant(`${name}.scales`, "float32", [...rows, columns / q4BlockSize], scales),
	];
}
