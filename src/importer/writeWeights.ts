import { join } from "node:path";
import type { ModelFile } from "../model/manifest.ts";
import type { CheckpointSource } from "./checkpointSource.ts";
import { decoderGraph } from "./graphs/decoderGraph.ts";
import type { ExpertsLayer } from "./graphs/expertsLayer.ts";
import { fp32Operators } from "./graphs/fp32Operators.ts";
import { fusedFp32Experts, fusedQ4Experts } from "./graphs/fusedExperts.ts";
import { nativeGraph } from "./graphs/nativeGraph.ts";
import { portableExperts } from "./graphs/portableExperts.ts";
import { q4Operators, type LinearArithmetic } from "./graphs/q4Operators.ts";
import { WeightsFile } from "./onnx/weightsFile.ts";
import type { Qwen3MoeConfig } from "./qwen3MoeConfig.ts";
import { storeQwen3MoeDecoder, type StoredDecoder } from "./storedDecoder.ts";
import { storeFp32, storeQ4, type Q4Matrix, type StoreMatrix } from "./storedMatrix.ts";

const weightsFileName = "weights.bin";

/** Model files over one weights file, as bytes. */
export interface DecoderGraphs {
	/** Experts as one operator of the runtime. */
	readonly fused: Uint8Array;
	/** Experts in operators that are fast on every processor; int4 only. */
	readonly portable?: Uint8Array;
	/** In the operators of Mote's addon, which reads int4 only. */
	readonly native?: Uint8Array;
}

export interface WrittenWeights {
	readonly weights: ModelFile;
	readonly graphs: DecoderGraphs;
}

export interface WeightsOptions {
	readonly quantization: "int4" | "fp32";
	readonly linearArithmetic: LinearArithmetic;
	readonly onLayer: (layersDone: number) => void;
}

/** Writes the weights of a checkpoint into a new file in `folder`, and builds every graph that there is over them. */
export async function writeWeights(
	checkpoint: CheckpointSource,
	folder: string,
	config: Qwen3MoeConfig,
	{ quantization, linearArithmetic, onLayer }: WeightsOptions,
): Promise<WrittenWeights> {
	await using tensors = await checkpoint.openTensors();
	const stored = async <StoredMatrix>(
		store: StoreMatrix<StoredMatrix>,
	): Promise<{ decoder: StoredDecoder<StoredMatrix>; weights: ModelFile }> => {
		const file = await WeightsFile.create(join(folder, weightsFileName));
		try {
			const decoder = await storeQwen3MoeDecoder(config, tensors, file, store, onLayer);
			return { decoder, weights: { name: weightsFileName, ...(await file.finish()) } };
		} catch (error) {
			await file.abandon();
			throw error;
		}
	};
	if (quantization === "fp32") {
		const { decoder, weights } = await stored(storeFp32);
		const operators = { matrices: fp32Operators, experts: fusedFp32Experts };
		return { weights, graphs: { fused: decoderGraph(decoder, weightsFileName, operators) } };
	}
	const { decoder, weights } = await stored(storeQ4);
	const matrices = q4Operators(linearArithmetic);
	const graphWith = (experts: ExpertsLayer<Q4Matrix>): Uint8Array =>
		decoderGraph(decoder, weightsFileName, { matrices, experts });
	return {
		weights,
		graphs: {
			fused: graphWith(fusedQ4Experts),
			portable: graphWith(portableExperts(linearArithmetic)),
			native: nativeGraph(decoder, weightsFileName),
		},
	};
}
