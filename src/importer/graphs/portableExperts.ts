import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import { q4Parts, type Q4Matrix } from "../storedMatrix.ts";
import type { ExpertsLayer, ExpertsLayerShape, ExpertsOfLayer } from "./expertsLayer.ts";
import { maxInt64 } from "./graphTarget.ts";
import { linearQ4, type LinearArithmetic } from "./q4Operators.ts";
import { fusedRouter } from "./routers.ts";
import { writeSwiGlu } from "./swiGlu.ts";

/** Names of the constants, which all layers share. */
const swiGlu = {
	gate: "index.0",
	up: "index.1",
	step: "step.2",
	axis: "axis.columns",
	end: "end",
} as const;

/**
 * The experts of a layer in operators that are fast on every processor: QMoE dequantizes every expert on
 * every pass wherever there is no AVX-512.
 *
 * The rows of a pass are sorted by expert: NonZero over the table of choices (expert × token × choice) lists
 * them in that order, and their numbers cut the sorted states into one piece an expert. Each piece goes
 * through MatMulNBits, which returns at once when it has no rows: such a piece costs 3 µs, an `If` around
 * each expert four times that. What comes out is put back in the order of the tokens, and a product with
 * the shares of the chosen experts adds it up.
 */
export const portableExperts = (arithmetic: LinearArithmetic): ExpertsLayer<Q4Matrix> => ({
	// The runtime's TopK kills the process when it is given no rows.
	takesNoRows: () => false,
	declareConstants,
	writeRouter: fusedRouter,
	write: (graph, layer) => {
		const { name, shape, weights, output } = layer;
		const routing = writeRouting(graph, layer);
		const product = (part: "gateUp" | "down", tensor: string, input: string): string =>
			writeProducts(graph, arithmetic, {
				name: `${name}.experts.${tensor}`,
				weights: q4Parts(weights[part], shape.experts),
				input,
				rowCounts: routing.rowCounts,
			});
		const gateUp = product("gateUp", "gate_up", routing.sortedStates);
		const down = product("down", "down", writeSwiGlu(graph, `${name}.experts`, gateUp, swiGlu));
		writeSum(graph, name, routing, down, output);
	},
});

function declareConstants(
	graph: GraphBuilder,
	{ experts, expertsPerToken, hiddenSize }: ExpertsLayerShape,
): void {
	const int64s = (name: string, ...values: readonly number[]): string =>
		graph.constant(name, BigInt64Array.from(values, BigInt), [values.length]);
	int64s("shape.router", -1, experts);
	int64s("shape.states", -1, hiddenSize);
	int64s("shape.chosen_outputs", -1, expertsPerToken, hiddenSize);
	int64s("shape.hidden", 1, -1, hiddenSize);
	int64s("experts_per_token", expertsPerToken);
	int64s("axis.columns", 1);
	int64s("axes.token_and_choice", 1, 2);
	int64s("index.0", 0);
	int64s("index.1", 1);
	int64s("step.2", 2);
	int64s("values.off_on", 0, 1);
	graph.constant("end", BigInt64Array.of(maxInt64), [1]);
	graph.constant("expert_count", BigInt64Array.of(BigInt(experts)), []);
	graph.constant("row.token", BigInt64Array.of(1n), []);
}

/** Which expert gets which rows. N is the number of tokens times the number of experts that each chooses. */
interface Routing {
	/** float32 [tokens, perToken]: by what the output of each chosen expert counts. */
	readonly shares: string;
	/** int64 [experts]: how many rows chose each. */
	readonly rowCounts: string;
	/** int64 [3, N]: expert, token and number of the choice, sorted by expert. */
	readonly choices: string;
	/** float32 [N, hiddenSize]: the state of each choice's token. */
	readonly sortedStates: string;
}

function writeRouting(
	graph: GraphBuilder,
	{ name, shape, hidden, router }: ExpertsOfLayer<Q4Matrix>,
): Routing {
	const part = (suffix: string): string => `${name}.experts.${suffix}`;
	const { shares, indices } = writeChoice(graph, name, shape, router);
	const table = graph.node(
		"OneHot",
		[indices, "expert_count", "values.off_on"],
		[part("choice_table")],
		{ axis: { int: 0 } },
	);
	const choices = graph.node("NonZero", [table], [part("choices")]);
	const tokens = graph.node("Gather", [choices, "row.token"], [part("tokens")], {
		axis: { int: 0 },
	});
	const states = graph.node("Reshape", [hidden, "shape.states"], [part("states")]);
	return {
		shares,
		rowCounts: graph.node("ReduceSum", [table, "axes.token_and_choice"], [part("row_counts")], {
			keepdims: { int: 0 },
		}),
		choices,
		sortedStates: graph.node("Gather", [states, tokens], [part("sorted_states")], {
			axis: { int: 0 },
		}),
	};
}

/** The experts that each token chooses, and their shares: the softmax over all or over the chosen ones. */
function writeChoice(
	graph: GraphBuilder,
	name: string,
	{ normalizeRouting }: ExpertsLayerShape,
	router: string,
): { readonly shares: string; readonly indices: string } {
	const logits = graph.node("Reshape", [router, "shape.router"], [`${name}.router_logits`]);
	const [shares, indices] = [`${name}.experts.shares`, `${name}.experts.indices`] as const;
	const lastAxis = { axis: { int: -1 } };
	const topK = (scores: string, values: string): string =>
		graph.node("TopK", [scores, "experts_per_token"], [values, indices], lastAxis);
	const softmax = (scores: string, output: string): string =>
		graph.node("Softmax", [scores], [output], lastAxis);
	if (normalizeRouting) {
		softmax(topK(logits, `${name}.experts.chosen_logits`), shares);
	} else {
		topK(softmax(logits, `${name}.experts.probabilities`), shares);
	}
	return { shares, indices };
}

/** Each expert's product with its rows of `input` [N, columns]: [N, rows]. */
function writeProducts(
	graph: GraphBuilder,
	arithmetic: LinearArithmetic,
	products: {
		readonly name: string;
		readonly weights: readonly Q4Matrix[];
		readonly input: string;
		readonly rowCounts: string;
	},
): string {
	const { name, weights, input, rowCounts } = products;
	const rowsOf = (expert: number): string => `${name}.${expert}.rows`;
	const [, ...others] = weights.map((_, expert) => rowsOf(expert));
	graph.node("Split", [input, rowCounts], [rowsOf(0), ...others], { axis: { int: 0 } });
	const outputs = weights.map((weight, expert) => {
		const output = `${name}.${expert}.output`;
		linearQ4(graph, arithmetic, `${name}.${expert}`, weight, rowsOf(expert), output);
		return output;
	});
	return graph.node("Concat", outputs, [`${name}.output`], { axis: { int: 0 } });
}

/** The outputs of each token's experts, by their shares: `sorted` [N, hiddenSize] → `output` [1, S, hiddenSize]. */
function writeSum(
	graph: GraphBuilder,
	name: string,
	{ choices, sortedStates, shares }: Routing,
	sorted: string,
	output: string,
): void {
	const part = (suffix: string): string => `${name}.experts.${suffix}`;
	const rows = graph.node("Transpose", [choices], [part("choice_rows")]);
	const tokenAndChoice = graph.node(
		"Slice",
		[rows, "index.1", "end", "axis.columns"],
		[part("token_and_choice")],
	);
	// Every row is overwritten: what was read already lends its memory.
	const room = graph.node("Reshape", [sortedStates, "shape.chosen_outputs"], [part("room")]);
	const outputs = graph.node("ScatterND", [room, tokenAndChoice, sorted], [part("outputs")]);
	const shareRows = graph.node("Unsqueeze", [shares, "axis.columns"], [part("share_rows")]);
	const sum = graph.node("MatMul", [shareRows, outputs], [part("sum")]);
	graph.node("Reshape", [sum, "shape.hidden"], [output]);
}
