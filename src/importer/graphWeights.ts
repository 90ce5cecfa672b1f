import type { RowStream } from "./rowStreams.ts";
import type { Attribute } from "./onnx/graphBuilder.ts";

/**
 * How the matrices of a decoder are stored, and the operators that multiply with them. Two formats: int4
 * for use, fp32 as the exact counterpart that the graph itself is checked with.
 *
 * Shapes are those of the checkpoint: a linear layer is rows (outputs) × columns (inputs).
 */
export interface GraphWeights {
	/** A linear layer: [.., columns] to [.., rows]. */
	linear(name: string, weight: Matrix, input: string, output: string): Promise<void>;
	/** The embedding, and the output layer that has the same weights when `tied`. */
	embedding(name: string, weight: Matrix, tokens: string, output: string): Promise<void>;
	/** The output layer with the weights of the embedding of that name. */
	tiedLinear(name: string, weight: Matrix, input: string, output: string): void;
	/**
	 * The experts of one layer: input [1, S, hidden] and router logits [S, experts]. The weights of the
	 * chosen experts are scaled to a sum of 1.
	 */
	experts(name: string, experts: Experts, routing: ExpertInputs, output: string): Promise<void>;
}

export interface Matrix {
	readonly rows: number;
	readonly columns: number;
	readonly stream: RowStream;
}

export interface Experts {
	readonly count: number;
	readonly perToken: number;
	/** Gate and up rows by turns, expert after expert. `rows` is that of one expert. */
	readonly gateUp: Matrix;
	readonly down: Matrix;
}

export interface ExpertInputs {
	readonly hidden: string;
	readonly routerLogits: string;
}

/** SwiGLU as this architecture has it: silu(gate) · up, with gate and up rows by turns. */
const swigluAttributes = {
	activation_type: { string: "swiglu" },
	swiglu_fusion: { int: 1 },
	// The operator's own defaults are those of another model: gate · sigmoid(1.702 · gate) · (up + 1).
	activation_alpha: { float: 1 },
	activation_beta: { float: 0 },
	use_sparse_mixer: { int: 0 },
} as const;

/** The attributes that MoE and QMoE have in common. */
export const expertAttributes = (experts: Experts): Record<string, Attribute> => ({
	...swigluAttributes,
	k: { int: experts.perToken },
	normalize_routing_weights: { int: 1 },
});
