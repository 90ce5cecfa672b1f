import type { ExpertsShape } from "../decoderPlan.ts";
import { microsoftDomain, type Attribute, type GraphBuilder } from "../onnx/graphBuilder.ts";
import { q4BlockSize } from "../q4.ts";
import type { Fp32Matrix, Q4Matrix } from "../storedMatrix.ts";
import type { ExpertsLayer, ExpertsOfLayer } from "./expertsLayer.ts";
import { fusedRouter } from "./routers.ts";

/**
 * SwiGLU as this architecture has it, silu(gate) · up with gate and up rows by turns, and the weights of the
 * chosen experts scaled to a sum of 1: what MoE and QMoE have in common.
 */
const attributes = (shape: ExpertsShape): Record<string, Attribute> => ({
	activation_type: { string: "swiglu" },
	swiglu_fusion: { int: 1 },
	// The operator's own defaults are those of another model: gate · sigmoid(1.702 · gate) · (up + 1).
	activation_alpha: { float: 1 },
	activation_beta: { float: 0 },
	use_sparse_mixer: { int: 0 },
	k: { int: shape.expertsPerToken },
	normalize_routing_weights: { int: 1 },
});

/** The experts of a layer as one operator of the runtime: QMoE. */
export const fusedQ4Experts: ExpertsLayer<Q4Matrix> = fusedExperts(
	(graph, { name, shape, weights, hidden }, routerLogits, output) => {
		const { experts, expertSize, hiddenSize } = shape;
		const constants = (part: "gateUp" | "down", tensor: string, rows: number): string[] => {
			const { columns, packed, scales } = weights[part];
			const scalesShape = [experts, rows, columns / q4BlockSize];
			return [
				graph.externalConstant(`${tensor}.q4`, "uint8", [experts, rows, columns / 2], packed),
				graph.externalConstant(`${tensor}.scales`, "float32", scalesShape, scales),
				"",
			];
		};
		const gateUp = constants("gateUp", `${name}.experts.gate_up`, 2 * expertSize);
		const down = constants("down", `${name}.experts.down`, hiddenSize);
		graph.node(
			"QMoE",
			[hidden, routerLogits, ...gateUp, ...down],
			[output],
			{
				...attributes(shape),
				expert_weight_bits: { int: 4 },
				block_size: { int: q4BlockSize },
			},
			microsoftDomain,
		);
	},
);

/** The same in float32: MoE. */
export const fusedFp32Experts: ExpertsLayer<Fp32Matrix> = fusedExperts(
	(graph, { name, shape, weights, hidden }, routerLogits, output) => {
		const { experts, expertSize, hiddenSize } = shape;
		const constant = (part: "gateUp" | "down", tensor: string, rows: number): string => {
			const { columns, values } = weights[part];
			return graph.externalConstant(tensor, "float32", [experts, rows, columns], values);
		};
		const gateUp = constant("gateUp", `${name}.experts.gate_up.weight`, 2 * expertSize);
		const down = constant("down", `${name}.experts.down.weight`, hiddenSize);
		graph.node(
			"MoE",
			[hidden, routerLogits, gateUp, "", down, ""],
			[output],
			attributes(shape),
			microsoftDomain,
		);
	},
);

function fusedExperts<StoredMatrix>(
	writeOperator: (
		graph: GraphBuilder,
		layer: ExpertsOfLayer<StoredMatrix>,
		routerLogits: string,
		output: string,
	) => void,
): ExpertsLayer<StoredMatrix> {
	return {
		// The runtime's TopK, which undoes the scaling below, kills the process when it is given no rows.
		takesNoRows: (shape) => shape.normalizeRouting,
		writeRouter: fusedRouter,
		declareConstants: (graph, { experts, expertsPerToken }) => {
			graph.constant("shape.router", BigInt64Array.of(-1n, BigInt(experts)), [2]);
			graph.constant("axis.last", BigInt64Array.of(-1n), [1]);
			graph.constant("experts_per_token", BigInt64Array.of(BigInt(expertsPerToken)), [1]);
		},
		write: (graph, layer) => {
			const { name, shape, router, output } = layer;
			const routerLogits = graph.node(
				"Reshape",
				[router, "shape.router"],
				[`${name}.router_logits`],
			);
			if (shape.normalizeRouting) {
				writeOperator(graph, layer, routerLogits, output);
				return;
			}
			writeOperator(graph, layer, routerLogits, `${name}.normalized_output`);
			const share = writeChosenShare(graph, router);
			graph.node("Mul", [`${name}.normalized_output`, share], [output]);
		},
	};
}

/**
 * The probability of the chosen experts together: [1, S, 1]. The runtime scales their weights to a sum of
 * 1 whatever its attribute `normalize_routing_weights` says, and this undoes it.
 */
function writeChosenShare(graph: GraphBuilder, router: string): string {
	graph.node("Softmax", [router], [`${router}.probabilities`], { axis: { int: -1 } });
	graph.node(
		"TopK",
		[`${router}.probabilities`, "experts_per_token"],
		[`${router}.chosen`, `${router}.chosen_indices`],
		{ axis: { int: -1 } },
	);
	return graph.node("ReduceSum", [`${router}.chosen`, "axis.last"], [`${router}.chosen_share`]);
}
