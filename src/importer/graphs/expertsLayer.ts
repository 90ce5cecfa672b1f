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
	/** The product with the router's weights. */
	readonly writeRouter: RouterWriter;
	/**
	 * `hidden` [1, S, hiddenSize] → `output` of the same shape. `router` has the router's logits, as
	 * {@link writeRouter} returns them; names of nodes and tensors begin with `name`.
	 */
	write(graph: GraphBuilder, layer: ExpertsOfLayer<StoredMatrix>): void;
}

/**
 * `hidden` [1, S, hiddenSize] times `weight` [experts, hiddenSize], float32: the router's logits. Returns their name, which is
 * `name`.
 */
export type RouterWriter = (
	graph: GraphBuilder,
	name: string,
	hidden: string,
	weight: string,
) => string;

export interface ExpertsOfLayer<StoredMatrix> {
	readonly name: string;
	readonly shape: ExpertsLayerShape;
	readonly weights: StoredSwiGlus<StoredMatrix>;
	readonly hidden: string;
	readonly router: string;
	readonly output: string;
}
