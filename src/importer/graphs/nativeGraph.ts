import { nativeGraphContract } from "../../model/graphContract.ts";
import { GraphBuilder, moteDomain, type Attribute } from "../onnx/graphBuilder.ts";
import { q4BlockSize } from "../q4.ts";
import type { StoredDecoder, StoredLayer } from "../storedDecoder.ts";
import type { Q4Matrix } from "../storedMatrix.ts";
import { embeddingQ4 } from "./q4Operators.ts";
import { declareWantedRows, wantedRows } from "./wantedRows.ts";

/**
 * The decoder in the operators of Mote's own addon, with the inputs and outputs of
 * {@link nativeGraphContract}, which says what each operator computes. Norms are inputs of the operators
 * that read normed states, and the residual stream is one tensor from the embedding to the output layer.
 * Returns the bytes of the model file.
 */
export function nativeGraph(decoder: StoredDecoder<Q4Matrix>, weightsFileName: string): Uint8Array {
	const { config, embedding, outputLayer } = decoder;
	const graph = new GraphBuilder(weightsFileName);
	declareInterface(graph, decoder);
	embeddingQ4(graph, "embed_tokens", embedding, nativeGraphContract.inputIds, "hidden.0");
	for (const [layer, weights] of decoder.layers.entries()) {
		writeLayer(graph, decoder, layer, weights);
	}
	const weights =
		outputLayer === undefined
			? (["embed_tokens.q4", "embed_tokens.scales"] as const)
			: q4Constants(graph, "lm_head", outputLayer, [outputLayer.rows]);
	const norm = graph.constant("final_norm.weight", decoder.finalNorm, [config.hiddenSize]);
	graph.node(
		"OutputLayer",
		[`hidden.${config.layers}`, norm, ...weights],
		[nativeGraphContract.logits, nativeGraphContract.logSum, nativeGraphContract.best],
		{ epsilon: { float: config.normEpsilon } },
		moteDomain,
	);
	return graph.toModel("qwen3_moe");
}

function declareInterface(graph: GraphBuilder, decoder: StoredDecoder<Q4Matrix>): void {
	const { contextLength, headDim, kvHeads, layers, vocabularySize } = decoder.config;
	const contract = nativeGraphContract;
	graph.input(contract.inputIds, "int64", [1, "S"]);
	graph.input(contract.totalSequenceLength, "int32", []);
	graph.input(contract.logitsStart, "int64", [1]);
	graph.output(contract.logits, "float32", [1, "logit_rows", vocabularySize]);
	graph.output(contract.logSum, "float32", [1, "logit_rows"]);
	graph.output(contract.best, "int32", [1, "logit_rows"]);
	const cacheShape = ["blocks", kvHeads, "block_bytes"];
	for (let layer = 0; layer < layers; layer++) {
		graph.input(contract.pastKey(layer), "uint8", cacheShape);
		graph.input(contract.pastValue(layer), "uint8", cacheShape);
		graph.output(contract.presentKey(layer), "uint8", cacheShape);
		graph.output(contract.presentValue(layer), "uint8", cacheShape);
	}
	const tableShape = [contextLength, headDim / 2];
	graph.externalConstant("rotary.cos", "float32", tableShape, decoder.rotary.cos);
	graph.externalConstant("rotary.sin", "float32", tableShape, decoder.rotary.sin);
	declareWantedRows(graph);
}

function writeLayer(
	graph: GraphBuilder,
	{ config }: StoredDecoder<Q4Matrix>,
	layer: number,
	weights: StoredLayer<Q4Matrix>,
): void {
	const name = `layers.${layer}`;
	const hidden = `hidden.${layer}`;
	const epsilon = { float: config.normEpsilon };
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
	const norm = (part: string, values: Float32Array): string =>
		graph.constant(`${name}.${part}.weight`, values, [values.length]);
	const inputNorm = norm("input_norm", weights.inputNorm);
	const qkv = linear("qkv_proj", weights.qkv, hidden, { norm: inputNorm }, `${name}.qkv`);
	const attention = graph.node(
		"Attention",
		[
			qkv,
			nativeGraphContract.pastKey(layer),
			nativeGraphContract.pastValue(layer),
			nativeGraphContract.totalSequenceLength,
			"rotary.cos",
			"rotary.sin",
			norm("q_norm", weights.qNorm),
			norm("k_norm", weights.kNorm),
		],
		[
			`${name}.attention`,
			nativeGraphContract.presentKey(layer),
			nativeGraphContract.presentValue(layer),
		],
		{
			num_heads: { int: config.heads },
			kv_num_heads: { int: config.kvHeads },
			epsilon,
		},
		moteDomain,
	);
	// No later row depends on these, so that a prefill chunk without logits skips most of the last layer.
	const isLast = layer === config.layers - 1;
	const residual = isLast ? wantedRows(graph, hidden) : hidden;
	const attended = linear(
		"o_proj",
		weights.output,
		isLast ? wantedRows(graph, attention) : attention,
		{ residual },
		`${name}.attended`,
	);
	const experts = config.experts;
	graph.node(
		"Experts",
		[
			attended,
			norm("post_attention_norm", weights.postAttentionNorm),
			graph.externalConstant(
				`${name}.router.weight`,
				"float32",
				[experts, config.hiddenSize],
				weights.router,
			),
			...q4Constants(graph, `${name}.experts.gate_up`, weights.gateUp, [
				experts,
				2 * config.expertSize,
			]),
			...q4Constants(graph, `${name}.experts.down`, weights.down, [experts, config.hiddenSize]),
		],
		[`hidden.${layer + 1}`],
		expertAttributes(config),
		moteDomain,
	);
}

const expertAttributes = (config: {
	readonly expertsPerToken: number;
	readonly normalizeRouting: boolean;
	readonly normEpsilon: number;
}): Record<string, Attribute> => ({
	k: { int: config.expertsPerToken },
	normalize: { int: config.normalizeRouting ? 1 : 0 },
	epsilon: { float: config.normEpsilon },
});

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
