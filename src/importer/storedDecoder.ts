import type { DecoderPlan } from "./decoderPlan.ts";
import { writeRegion, type ExternalRegion, type RegionWriter } from "./onnx/weightsFile.ts";
import { rotaryTables, type RotaryPlan } from "./rotaryTables.ts";
import { storeAttention, type StoredAttention } from "./storedAttention.ts";
import { storeFeedForward, type StoredFeedForward } from "./storedFeedForward.ts";
import { wholeMatrix } from "./storedMatrix.ts";
import type { Transfer } from "./transfer.ts";

/**
 * A decoder whose weights are in the weights file: all that a graph over them is built of. Graphs are built
 * from it without reading the checkpoint again, so any number of them share the weights. What is small
 * (norms, biases) is here as values and becomes a constant of each graph.
 */
export interface StoredDecoder<StoredMatrix> {
	readonly plan: DecoderPlan;
	/** In the order of the plan. */
	readonly rotary: readonly StoredRotary[];
	/** vocabularySize × hiddenSize. */
	readonly embedding: StoredMatrix;
	readonly layers: readonly StoredLayer<StoredMatrix>[];
	/** hiddenSize values. */
	readonly finalNorm: Float32Array;
	/** vocabularySize × hiddenSize; undefined where it is the embedding. */
	readonly outputLayer: StoredMatrix | undefined;
}

/** contextLength × dim ÷ 2 float32 each; see {@link rotaryTables}. */
export interface StoredRotary {
	readonly dim: number;
	readonly cos: ExternalRegion;
	readonly sin: ExternalRegion;
}

export interface StoredLayer<StoredMatrix> {
	/** hiddenSize values. */
	readonly inputNorm: Float32Array;
	readonly attention: StoredAttention<StoredMatrix>;
	/** hiddenSize values. */
	readonly postAttentionNorm: Float32Array;
	readonly feedForward: StoredFeedForward<StoredMatrix>;
}

/** Writes the weights of a decoder, each once, in the order in which a pass reads them. */
export async function storeDecoder<StoredMatrix>(
	transfer: Transfer<StoredMatrix>,
): Promise<StoredDecoder<StoredMatrix>> {
	const { plan, tensors, file, store } = transfer;
	const { vocabularySize, hiddenSize } = plan;
	const rotary: StoredRotary[] = [];
	for (const rotation of plan.rotary) {
		rotary.push(await storeRotary(file, plan.contextLength, rotation));
	}
	const vocabulary = (name: string): Promise<StoredMatrix> =>
		store(file, wholeMatrix(tensors, name, [vocabularySize, hiddenSize]));
	const embedding = await vocabulary(plan.embedding);
	const layers: StoredLayer<StoredMatrix>[] = [];
	for (const layer of plan.layers) {
		layers.push({
			inputNorm: await tensors.read(layer.inputNorm, [hiddenSize]),
			attention: await storeAttention(transfer, layer.attention),
			postAttentionNorm: await tensors.read(layer.postAttentionNorm, [hiddenSize]),
			feedForward: await storeFeedForward(transfer, layer.feedForward),
		});
	}
	return {
		plan,
		rotary,
		embedding,
		layers,
		finalNorm: await tensors.read(plan.finalNorm, [hiddenSize]),
		outputLayer: plan.outputLayer === undefined ? undefined : await vocabulary(plan.outputLayer),
	};
}

async function storeRotary(
	file: RegionWriter,
	positions: number,
	rotation: RotaryPlan,
): Promise<StoredRotary> {
	const bytes = (positions * rotation.dim * Float32Array.BYTES_PER_ELEMENT) / 2;
	const table = (part: "cos" | "sin"): Promise<ExternalRegion> =>
		writeRegion(file, {
			bytes,
			*content() {
				yield rotaryTables(positions, rotation)[part];
			},
		});
	return { dim: rotation.dim, cos: await table("cos"), sin: await table("sin") };
}
