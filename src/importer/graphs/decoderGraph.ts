import { graphContract } from "../../model/graphContract.ts";
import { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredDecoder, StoredLayer } from "../storedDecoder.ts";
import { declareAttention, writeAttention, writeAttentionOutput } from "./attention.ts";
import { declareFeedForward, takesNoRows, writeFeedForward } from "./feedForward.ts";
import type { DecoderOperators, GraphTarget } from "./graphTarget.ts";
import {
	declareKvConstants,
	declareKvInputs,
	writeAppended,
	writeAppendedEnd,
} from "./kvCacheParts.ts";
import { writeResidualNorm } from "./norms.ts";
import { declareRotary } from "./rotaryConstants.ts";
import { atLeastOneRow, declareWantedRows, wantedRows, type KeptRows } from "./wantedRows.ts";

export interface DecoderGraphOptions {
	/** Whether the graph has the outputs of {@link import("../../model/graphContract.ts").deviceGraphContract}. */
	readonly returnsCaches: boolean;
}

/**
 * The decoder in ONNX Runtime's own operators, with the inputs and outputs of {@link graphContract}. Its
 * weights lie in the file of that name beside it. Returns the bytes of the model file.
 */
export function decoderGraph<StoredMatrix>(
	decoder: StoredDecoder<StoredMatrix>,
	weightsFileName: string,
	operators: DecoderOperators<StoredMatrix>,
	{ returnsCaches }: DecoderGraphOptions = { returnsCaches: false },
): Uint8Array {
	const { plan } = decoder;
	const graph = new GraphBuilder(weightsFileName);
	declareInputs(graph);
	declareKvInputs(graph, plan, returnsCaches);
	declareRotary(graph, decoder);
	declareAttention(graph, plan);
	declareKvConstants(graph);
	declareFeedForward(graph, plan, operators.experts);
	declareWantedRows(graph);
	writeAppendedEnd(graph);
	// Undefined where no rows are fine.
	const keptRows = takesNoRows(plan, operators.experts) ? undefined : atLeastOneRow(graph);
	const target = { graph, decoder, operators, returnsCaches };
	operators.matrices.embedding(
		graph,
		"embed_tokens.gather",
		decoder.embedding,
		graphContract.inputIds,
		"hidden.0",
	);
	for (const [layer, weights] of decoder.layers.entries()) {
		writeLayer(target, layer, weights, keptRows);
	}
	writeHead(target, keptRows);
	writeAppended(graph, plan);
	return graph.toModel(plan.architecture);
}

function declareInputs(graph: GraphBuilder): void {
	graph.input(graphContract.inputIds, "int64", [1, "S"]);
	graph.input(graphContract.seqlensK, "int32", [1]);
	graph.input(graphContract.totalSequenceLength, "int32", []);
	graph.input(graphContract.pastLength, "int64", [1]);
	graph.input(graphContract.logitsStart, "int64", [1]);
}

/**
 * Reads `hidden.{layer}`, and `residual.{layer}` from the second layer on; writes both for the next one.
 * `hidden` is what the layer before adds to the residual stream, which is folded into the norm.
 */
function writeLayer<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	weights: StoredLayer<StoredMatrix>,
	keptRows: KeptRows | undefined,
): void {
	const { graph, decoder } = target;
	const name = `layers.${layer}`;
	const { normed, residual } = writeResidualNorm(target, {
		values: weights.inputNorm,
		name: `${name}.input_norm`,
		added: `hidden.${layer}`,
		residual: layer === 0 ? undefined : `residual.${layer}`,
		sum: `${name}.residual`,
	});
	const attention = writeAttention(target, layer, weights.attention, normed);
	// The rows whose logits aren't wanted are left out from the last layer's keys and values on, as no later
	// row depends on them: a prefill chunk without logits skips most of that layer.
	const isLast = layer === decoder.layers.length - 1;
	const wanted = (rows: string): string =>
		isLast ? wantedRows(graph, rows, keptRows?.start) : rows;
	const added = writeAttentionOutput(target, layer, weights.attention, wanted(attention));
	const beforeExperts = writeResidualNorm(target, {
		values: weights.postAttentionNorm,
		name: `${name}.post_attention_norm`,
		added,
		residual: wanted(residual),
		sum: `residual.${layer + 1}`,
	});
	writeFeedForward(target, name, weights.feedForward, beforeExperts.normed, `hidden.${layer + 1}`);
}

function writeHead<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	keptRows: KeptRows | undefined,
): void {
	const { graph, decoder, operators } = target;
	const { plan, layers, embedding, outputLayer } = decoder;
	const { normed: states } = writeResidualNorm(target, {
		values: decoder.finalNorm,
		name: "final_norm",
		added: `hidden.${layers.length}`,
		residual: `residual.${layers.length}`,
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
	graph.output(graphContract.logits, "float32", [1, "logit_rows", plan.vocabularySize]);
}
