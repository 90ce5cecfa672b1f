import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { Qwen3MoeConfig } from "../qwen3MoeConfig.ts";
import type { StoredLayer } from "../storedDecoder.ts";

/** How a graph builds the experts of a layer. */
export interface ExpertsLayer<StoredMatrix> {
	/** Whether it may be given no rows. */
	takesNoRows(config: Qwen3MoeConfig): boolean;
	/** Constants that all layers share. */
	declareConstants(graph: GraphBuilder, config: Qwen3MoeConfig): void;
	/**
	 * `hidden` [1, S, hiddenSize] → `output` of the same shape. `router` [1, S, experts] has the router's
	 * logits; names of nodes and tensors begin with `name`.
	 */
	write(graph: GraphBuilder, layer: ExpertsOfLayer<StoredMatrix>): void;
}

export interface ExpertsOfLayer<StoredMatrix> {
	readonly name: string;
	readonly config: Qwen3MoeConfig;
	readonly weights: Pick<StoredLayer<StoredMatrix>, "gateUp" | "down">;
	readonly hidden: string;
	readonly router: string;
	readonly output: string;
}
