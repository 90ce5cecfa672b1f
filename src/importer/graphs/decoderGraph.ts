import { graphContract } from "../../model/graphContract.ts";
import { GraphBuilder, microsoftDomain } from "../onnx/graphBuilder.ts";
import type { Qwen3MoeConfig } from "../qwen3MoeConfig.ts";
import type { StoredDecoder, StoredLayer } from "../storedDecoder.ts";
import type { ExpertsLayer } from "./expertsLayer.ts";
import type { MatrixOperators } from "./matrixOperators.ts";
import { atLeastOneRow, declareWantedRows, wantedRows, type KeptRows } from "./wantedRows.ts";

/** Which of the runtime's operators a graph is made of. */
export interface DecoderOperators<StoredMatrix> {
	readonly matrices: MatrixOperators<StoredMatrix>;
	readonly experts: ExpertsLayer<StoredMatrix>;
}

/** Where a decoder graph is put together. */
interface Target<StoredMatrix> {
	/** Undefined where no rows are fine. */
	readonly keptRows: KeptRows | undefined;
	readonly graph: GraphBuilder;
	readonly decoder: StoredDecoder<StoredMatrix>;
	readonly operators: DecoderOperators<StoredMatrix>;
}

/**
 * The decoder in ONNX Runtime's own operators, with the inputs and outputs of {@link graphContract}. Its
 * weights lie in the file of that name beside it. Returns the bytes of the model file.
 */
export function decoderGraph<StoredMatrix>(
	decoder: StoredDecoder<StoredMatrix>,
	weightsFileName: string,
	operators: DecoderOperators<StoredMatrix>,
): Uint8Array {
	const graph = new GraphBuilder(weightsFileName);
	declareInputs(graph, decoder.config);
	declareConstants(graph, decoder, operators);
	writeAppendedEnd(graph);
	const keptRows = operators.experts.takesNoRows(decoder.config) ? undefined : atLeastOneRow(graph);
	const target = { keptRows, graph, decoder, operators };
	operators.matrices.embedding(
		graph,
		"embed_tokens.gather",
		decoder.embedding,
		graphContract.inputIds,
		"hidden.0",
	);
	for (const [layer, weights] of decoder.layers.entries()) {
		writeLayer(target, layer, weights);
	}
	writeHead(target);
	const appended = decoder.layers.flatMap((_, layer) => [
		appendedPart(layer, "key"),
		appendedPart(layer, "value"),
	]);
	graph.node("Concat", appended, [graphContract.appended], { axis: { int: 0 } });
	return graph.toModel("qwen3_moe");
}

function declareInputs(graph: GraphBuilder, { layers, kvHeads, headDim }: Qwen3MoeConfig): void {
	graph.input(graphContract.inputIds, "int64", [1, "S"]);
	graph.input(graphContract.seqlensK, "int32", [1]);
	graph.input(graphContract.totalSequenceLength, "int32", []);
	graph.input(graphContract.pastLength, "int64", [1]);
	graph.input(graphContract.logitsStart, "int64", [1]);
	for (let layer = 0; layer < layers; layer++) {
		const shape = [1, kvHeads, "capacity", headDim];
		graph.input(graphContract.pastKey(layer), "float32", shape);
		graph.input(graphContract.pastValue(layer), "float32", shape);
	}
	const appended = [2 * layers, kvHeads, "S", headDim];
	graph.output(graphContract.appended, "float32", appended);
}

function declareConstants<Matrix>(
	graph: GraphBuilder,
	{ config, rotary }: StoredDecoder<Matrix>,
	operators: DecoderOperators<Matrix>,
): void {
	const { contextLength, headDim, heads, kvHeads } = config;
	const shape = [contextLength, headDim / 2];
	graph.externalConstant("rotary.cos", "float32", shape, rotary.cos);
	graph.externalConstant("rotary.sin", "float32", shape, rotary.sin);
	const int64s = (name: string, ...values: number[]): string =>
		graph.constant(name, BigInt64Array.from(values, BigInt), [values.length]);
	// A 0 in Reshape's shape keeps the dimension of the input.
	int64s("shape.q_heads", 0, 0, heads, headDim);
	int64s("shape.kv_heads", 0, 0, kvHeads, headDim);
	int64s("shape.q_flat", 0, 0, heads * headDim);
	int64s("shape.kv_flat", 0, 0, kvHeads * headDim);
	int64s("split.qkv", heads * headDim, kvHeads * headDim, kvHeads * headDim);
	int64s("axis.positions", 2);
	operators.experts.declareConstants(graph, config);
	declareWantedRows(graph);
}

/**
 * Reads `hidden.{layer}`, and `residual.{layer}` from the second layer on; writes both for the next one.
 * `hidden` is what the layer before adds to the residual stream, which is folded into the norm.
 */
function writeLayer<Matrix>(
	target: Target<Matrix>,
	layer: number,
	weights: StoredLayer<Matrix>,
): void {
	const { graph, operators, keptRows } = target;
	const { config } = target.decoder;
	const name = `layers.${layer}`;
	const { normed, residual } = writeNorm(target, {
		values: weights.inputNorm,
		name: `${name}.input_norm`,
		added: `hidden.${layer}`,
		residual: layer === 0 ? undefined : `residual.${layer}`,
		sum: `${name}.residual`,
	});
	const attention = writeAttention(target, layer, weights, normed);
	// The rows whose logits aren't wanted are left out from the last layer's keys and values on, as no later
	// row depends on them: a prefill chunk without logits skips most of that layer.
	const isLast = layer === config.layers - 1;
	const wanted = (rows: string): string =>
		isLast ? wantedRows(graph, rows, keptRows?.start) : rows;
	operators.matrices.linear(
		graph,
		`${name}.o_proj`,
		weights.output,
		wanted(attention),
		`${name}.attention_output`,
	);
	const beforeExperts = writeNorm(target, {
		values: weights.postAttentionNorm,
		name: `${name}.post_attention_norm`,
		added: `${name}.attention_output`,
		residual: wanted(residual),
		sum: `residual.${layer + 1}`,
	});
	const hidden = beforeExperts.normed;
	const router = graph.externalConstant(
		`${name}.router.weight`,
		"float32",
		[config.experts, config.hiddenSize],
		weights.router,
	);
	graph.node(
		"FusedMatMul",
		[hidden, router],
		[`${name}.router`],
		{ transB: { int: 1 } },
		microsoftDomain,
	);
	operators.experts.write(graph, {
		name,
		config,
		weights,
		hidden,
		router: `${name}.router`,
		output: `hidden.${layer + 1}`,
	});
}

/** RMS norm of `added` plus `residual`. The sum is the new residual, and gets the name `sum`. */
function writeNorm<Matrix>(
	{ graph, decoder }: Target<Matrix>,
	norm: {
		readonly values: Float32Array;
		readonly name: string;
		readonly added: string;
		readonly residual: string | undefined;
		readonly sum: string;
	},
): { readonly normed: string; readonly residual: string } {
	const scale = graph.constant(`${norm.name}.weight`, norm.values, [norm.values.length]);
	const epsilon = { float: decoder.config.normEpsilon };
	if (norm.residual === undefined) {
		const normed = graph.node("SimplifiedLayerNormalization", [norm.added, scale], [norm.name], {
			axis: { int: -1 },
			epsilon,
		});
		return { normed, residual: norm.added };
	}
	const normed = graph.node(
		"SkipSimplifiedLayerNormalization",
		[norm.residual, norm.added, scale],
		[norm.name, "", "", norm.sum],
		{ epsilon },
		microsoftDomain,
	);
	return { normed, residual: norm.sum };
}

function writeAttention<Matrix>(
	target: Target<Matrix>,
	layer: number,
	weights: StoredLayer<Matrix>,
	input: string,
): string {
	const { graph, operators, decoder } = target;
	const { heads, kvHeads } = decoder.config;
	const name = `layers.${layer}`;
	operators.matrices.linear(graph, `${name}.qkv_proj`, weights.qkv, input, `${name}.qkv`);
	graph.node("Split", [`${name}.qkv`, "split.qkv"], [`${name}.q`, `${name}.k`, `${name}.v`], {
		axis: { int: -1 },
	});
	const q = writeHeadNorm(target, weights.qNorm, `${name}.q`, "q");
	const k = writeHeadNorm(target, weights.kNorm, `${name}.k`, "kv");
	const attention = graph.node(
		"GroupQueryAttention",
		[
			q,
			k,
			`${name}.v`,
			graphContract.pastKey(layer),
			graphContract.pastValue(layer),
			graphContract.seqlensK,
			graphContract.totalSequenceLength,
			"rotary.cos",
			"rotary.sin",
		],
		[`${name}.attention`, presentPart(layer, "key"), presentPart(layer, "value")],
		{
			num_heads: { int: heads },
			kv_num_heads: { int: kvHeads },
			do_rotary: { int: 1 },
			rotary_interleaved: { int: 0 },
		},
		microsoftDomain,
	);
	writeAppendedPart(graph, layer, "key");
	writeAppendedPart(graph, layer, "value");
	return attention;
}

/** RMS norm over each head of `input`, which comes before the rotation and so can't be left to attention. */
function writeHeadNorm<Matrix>(
	{ graph, decoder }: Target<Matrix>,
	values: Float32Array,
	input: string,
	kind: "q" | "kv",
): string {
	const scale = graph.constant(`${input}_norm.weight`, values, [values.length]);
	const split = graph.node("Reshape", [input, `shape.${kind}_heads`], [`${input}.heads`]);
	const normed = graph.node("SimplifiedLayerNormalization", [split, scale], [`${input}_norm`], {
		axis: { int: -1 },
		epsilon: { float: decoder.config.normEpsilon },
	});
	return graph.node("Reshape", [normed, `shape.${kind}_flat`], [`${input}.normed`]);
}

function writeHead<Matrix>(target: Target<Matrix>): void {
	const { graph, decoder, operators, keptRows } = target;
	const { config, embedding, outputLayer } = decoder;
	const { normed: states } = writeNorm(target, {
		values: decoder.finalNorm,
		name: "final_norm",
		added: `hidden.${config.layers}`,
		residual: `residual.${config.layers}`,
		sum: "",
	});
	const wanted = keptRows === undefined ? states : wantedRows(graph, states, keptRows.wantedStart);
	// A tied output layer wants another shape of the embedding's bytes: two tensors over one region.
	operators.matrices.linear(
		graph,
		outputLayer === undefined ? "embed_tokens" : "lm_head",
		outputLayer ?? embedding,
		wanted,
		graphContract.logits,
	);
	graph.output(graphContract.logits, "float32", [1, "logit_rows", config.vocabularySize]);
}

/** Where in the present keys and values what this pass appends ends: int64 [1]. */
const appendedEnd = "appended.end";

function writeAppendedEnd(graph: GraphBuilder): void {
	const rows = graph.node("Shape", [graphContract.inputIds], ["appended.rows"], {
		start: { int: 1 },
	});
	graph.node("Add", [graphContract.pastLength, rows], [appendedEnd]);
}

/** What this pass appends to a cache, of what attention has made of the whole. */
function writeAppendedPart(graph: GraphBuilder, layer: number, part: "key" | "value"): void {
	graph.node(
		"Slice",
		[presentPart(layer, part), graphContract.pastLength, appendedEnd, "axis.positions"],
		[appendedPart(layer, part)],
	);
}

const presentPart = (layer: number, part: "key" | "value"): string =>
	`layers.${layer}.present_${part}`;
const appendedPart = (layer: number, part: "key" | "value"): string =>
	`layers.${layer}.appended_${part}`;
