import { dataTypes, type GraphBuilder } from "../onnx/graphBuilder.ts";
import { q4Parts, type Q4Matrix } from "../storedMatrix.ts";
import type { ExpertsLayer, ExpertsLayerShape, ExpertsOfLayer } from "./expertsLayer.ts";
import { int64s, maxInt64 } from "./graphTarget.ts";
import { linearQ4, type LinearArithmetic } from "./q4Operators.ts";
import { plainRouter, routerRowsShape } from "./routers.ts";
import { writeSwiGlu } from "./swiGlu.ts";

/** Names of the constants, which all layers share. */
const constants = {
	first: "dense_experts.axis_0",
	second: "dense_experts.axis_1",
	last: "dense_experts.axis_2",
	/** float32 [1, experts, experts]: 1 where the expert of the column comes before that of the row. */
	earlier: "dense_experts.earlier",
	/** float32 [1]: how many experts a token chooses. */
	perToken: "dense_experts.per_token",
	byExpert: "dense_experts.shape_by_expert",
	flat: "dense_experts.shape_flat",
} as const;

const swiGlu = {
	gate: "dense_experts.gate_start",
	up: "dense_experts.up_start",
	step: "dense_experts.step",
	axis: "dense_experts.axis_columns",
	end: "dense_experts.end",
} as const;

/** Where the columns of an expert begin among those of all: int64 [1]. The last one is where all end. */
const columnsStart = (expert: number): string => `dense_experts.columns.${expert}`;

/**
 * The experts of a layer for providers that have no operator for them: every expert is computed for every token, and what
 * wasn't chosen is multiplied by zero before the second product. That is many times the arithmetic, in few and large products,
 * and only operators that DirectML, WebGPU and Core ML have: no TopK, since WebGPU would leave it to the processor.
 *
 * The first product is one for all experts, whose rows lie one after the other in the weights file. The second isn't, since the
 * file has the experts' columns one below the other, and not side by side.
 */
export const denseExperts = (arithmetic: LinearArithmetic): ExpertsLayer<Q4Matrix> => ({
	// Whether a GPU's kernels may be given no rows depends on the provider.
	takesNoRows: () => false,
	declareConstants,
	writeRouter: plainRouter,
	write: (graph, layer) => {
		const { name, weights, hidden } = layer;
		const shares = writeShares(graph, layer);
		const gateUp = `${name}.experts.gate_up.output`;
		linearQ4(graph, arithmetic, `${name}.experts.gate_up`, weights.gateUp, hidden, gateUp);
		const inner = writeSwiGlu(graph, `${name}.experts`, gateUp, swiGlu);
		const weighted = writeWeighted(graph, name, inner, shares);
		writeSum(graph, arithmetic, layer, weighted);
	},
});

function declareConstants(
	graph: GraphBuilder,
	{ experts, expertsPerToken, expertSize, hiddenSize }: ExpertsLayerShape,
): void {
	int64s(graph, routerRowsShape, -1, hiddenSize);
	int64s(graph, constants.first, 0);
	int64s(graph, constants.second, 1);
	int64s(graph, constants.last, 2);
	// A 0 in Reshape's shape keeps the dimension of the input.
	int64s(graph, constants.byExpert, 0, 0, experts, expertSize);
	int64s(graph, constants.flat, 0, 0, experts * expertSize);
	int64s(graph, swiGlu.gate, 0);
	int64s(graph, swiGlu.up, 1);
	int64s(graph, swiGlu.step, 2);
	int64s(graph, swiGlu.axis, -1);
	int64s(graph, swiGlu.end, maxInt64);
	for (let expert = 0; expert <= experts; expert++) {
		int64s(graph, columnsStart(expert), expert * expertSize);
	}
	const earlier = Float32Array.from({ length: experts * experts }, (_, i) =>
		i % experts < Math.floor(i / experts) ? 1 : 0,
	);
	graph.constant(constants.earlier, earlier, [1, experts, experts]);
	graph.constant(constants.perToken, Float32Array.of(expertsPerToken), [1]);
}

/**
 * By what each expert counts for each token, 0 where it isn't chosen: float32 [S, experts]. Chosen are those that fewer than
 * so many others go before: a larger logit does, and among equal ones the earlier expert, as everywhere.
 */
function writeShares(
	graph: GraphBuilder,
	{ name, shape, router }: ExpertsOfLayer<Q4Matrix>,
): string {
	const part = (suffix: string): string => `${name}.experts.${suffix}`;
	const lastAxis = { axis: { int: -1 } };
	const toFloat = (input: string): string =>
		graph.node("Cast", [input], [`${input}.float`], { to: { int: dataTypes.float32 } });
	const own = graph.node("Unsqueeze", [router, constants.last], [part("own_logits")]);
	const others = graph.node("Unsqueeze", [router, constants.second], [part("others_logits")]);
	const larger = toFloat(graph.node("Greater", [others, own], [part("larger")]));
	const equal = toFloat(graph.node("Equal", [others, own], [part("equal")]));
	const tied = graph.node("Mul", [equal, constants.earlier], [part("tied")]);
	const before = graph.node("Add", [larger, tied], [part("before")]);
	const rank = graph.node("ReduceSum", [before, constants.last], [part("rank")], {
		keepdims: { int: 0 },
	});
	const chosen = toFloat(graph.node("Less", [rank, constants.perToken], [part("chosen")]));
	const probabilities = graph.node("Softmax", [router], [part("probabilities")], lastAxis);
	const kept = graph.node("Mul", [probabilities, chosen], [part("kept")]);
	if (!shape.normalizeRouting) {
		return kept;
	}
	const sum = graph.node("ReduceSum", [kept, constants.second], [part("kept_sum")]);
	return graph.node("Div", [kept, sum], [part("shares")]);
}

/** The columns of each expert in `inner` [1, S, experts · expertSize] times its share. */
function writeWeighted(graph: GraphBuilder, name: string, inner: string, shares: string): string {
	const part = (suffix: string): string => `${name}.experts.${suffix}`;
	const byExpert = graph.node("Reshape", [inner, constants.byExpert], [part("by_expert")]);
	const column = graph.node("Unsqueeze", [shares, constants.last], [part("share_column")]);
	const weighted = graph.node("Mul", [byExpert, column], [part("weighted_by_expert")]);
	return graph.node("Reshape", [weighted, constants.flat], [part("weighted")]);
}

/** The sum of the experts' second products: [1, S, hiddenSize]. */
function writeSum(
	graph: GraphBuilder,
	arithmetic: LinearArithmetic,
	{ name, shape, weights, output }: ExpertsOfLayer<Q4Matrix>,
	weighted: string,
): void {
	const products = q4Parts(weights.down, shape.experts).map((weight, expert) => {
		const part = `${name}.experts.down.${expert}`;
		// Not Split: WebGPU binds all outputs of an operator at once, of which there may be too many.
		const columns = graph.node(
			"Slice",
			[weighted, columnsStart(expert), columnsStart(expert + 1), constants.last],
			[`${part}.columns`],
		);
		linearQ4(graph, arithmetic, part, weight, columns, `${part}.output`);
		return `${part}.output`;
	});
	const all = graph.node("Concat", products, [`${name}.experts.outputs`], { axis: { int: 0 } });
	graph.node("ReduceSum", [all, constants.first], [output]);
}
