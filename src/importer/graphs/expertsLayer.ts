import type { ExpertsShape } from "../decoderPlan.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredSwiGlus } from "../storedFeedForward.ts";

/** The sizes of a layer of experts. */
export interface ExpertsLayerShape extends ExpertsShape {
	readonly hiddenSize: number;
}

/** How a graph builds the experts of a layer. */
export interface ExpertsLayer<StoredMatrix> {
	/** Whether it may be given no rows. */
	takesNoRows(shape: ExpertsShape): boolean;
	/** Constants that all layers share. */
	declareConstants(graph: GraphBuilder, shape: ExpertsLayerShape): void;
	/**
	 * `hidden` [1, S, hiddenSize] → `output` of the same shape. `router` [1, S, experts] has the router's
	 * logits; names of nodes and tensors begin with `name`.
	 */
	write(graph: GraphBuilder, layer: ExpertsOfLayer<StoredMatrix>): void;
}

export interface ExpertsOfLayer<StoredMatrix> {
	readonly name: string;
	readonly shape: ExpertsLayerShape;
	readonly weights: StoredSwiGlus<StoredMatrix>;
	readonly hidden: string;
	readonly router: string;
	readonly output: string;
}
