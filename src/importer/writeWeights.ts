import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFile } from "../model/manifest.ts";
import type { DecoderPlan } from "./decoderPlan.ts";
import { decoderGraph } from "./graphs/decoderGraph.ts";
import { denseExperts } from "./graphs/denseExperts.ts";
import type { ExpertsLayer } from "./graphs/expertsLayer.ts";
import { fp32Operators } from "./graphs/fp32Operators.ts";
import { fusedFp32Experts, fusedQ4Experts } from "./graphs/fusedExperts.ts";
import { isNative, nativeGraph } from "./graphs/nativeGraph.ts";
import { portableExperts } from "./graphs/portableExperts.ts";
import { q4Operators, type LinearArithmetic } from "./graphs/q4Operators.ts";
import { refuseFullDisk } from "./fullDisk.ts";
import { withHalfActivations } from "./halfGraph.ts";
import { RegionMeter, WeightsFile } from "./onnx/weightsFile.ts";
import { storeDecoder, type StoredDecoder } from "./storedDecoder.ts";
import { storeFp32, storeQ4, type Q4Matrix, type StoreMatrix } from "./storedMatrix.ts";
import type { TensorSource } from "./tensorSource.ts";

const weightsFileName = "weights.bin";
const journalFileName = "weights.journal";

/** What of a folder an import can go on with. */
export const resumableFileNames: readonly string[] = [weightsFileName, journalFileName];

/** Model files over one weights file, as bytes. */
export interface DecoderGraphs {
	/** Experts, where there are some, as one operator of the runtime. */
	readonly fused: Uint8Array;
	/** Experts in operators that are fast on every processor; int4 only, and only where there are experts. */
	readonly portable?: Uint8Array;
	/** In the operators of Mote's addon, which reads int4 only, where they can express the decoder. */
	readonly native?: Uint8Array;
	/** For GPUs, in float32: every expert for every token. int4 only. */
	readonly dense?: Uint8Array;
	/** For GPUs that compute in float16; int4 only. */
	readonly half?: Uint8Array;
}

export interface WrittenWeights {
	readonly weights: ModelFile;
	readonly graphs: DecoderGraphs;
}

export interface WeightsOptions {
	readonly quantization: "int4" | "fp32";
	readonly linearArithmetic: LinearArithmetic;
	/** Hears how much of the weights is written, from 0 to 1. */
	readonly onProgress: (fraction: number) => void;
	readonly signal: AbortSignal | undefined;
	readonly freeBytes: (folder: string) => Promise<number>;
}

/** Writes the weights of a checkpoint into a file in `folder`, or what lacks of it, and builds every graph that there is over them. */
export async function writeWeights(
	tensors: TensorSource,
	folder: string,
	plan: DecoderPlan,
	{ quantization, linearArithmetic, onProgress, signal, freeBytes }: WeightsOptions,
): Promise<WrittenWeights> {
	const stored = async <StoredMatrix>(
		store: StoreMatrix<StoredMatrix>,
	): Promise<{ decoder: StoredDecoder<StoredMatrix>; weights: ModelFile }> => {
		// Every tensor is looked up before anything is written.
		const meter = new RegionMeter();
		await storeDecoder({ plan, tensors, file: meter, store });
		const journalPath = join(folder, journalFileName);
		const file = await WeightsFile.open(join(folder, weightsFileName), journalPath, {
			signal,
			onBytes: (bytes) => {
				onProgress(bytes / meter.bytes);
			},
		});
		try {
			refuseFullDisk(folder, meter.bytes - file.soundBytes, await freeBytes(folder));
			const decoder = await storeDecoder({ plan, tensors, file, store });
			const weights = { name: weightsFileName, ...(await file.finish()) };
			await rm(journalPath);
			return { decoder, weights };
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
	// On a GPU activations are cheap to keep as they are.
	const exact = q4Operators("fp32");
	const deviceGraphWith = (experts: ExpertsLayer<Q4Matrix>): Uint8Array => {
		const operators = { matrices: exact, experts };
		return decoderGraph(decoder, weightsFileName, operators, { returnsCaches: true });
	};
	return {
		weights,
		graphs: {
			fused: graphWith(fusedQ4Experts),
			...(hasExperts(plan) && { portable: graphWith(portableExperts(linearArithmetic)) }),
			...(isNative(plan) && { native: nativeGraph(decoder, weightsFileName) }),
			dense: deviceGraphWith(denseExperts("fp32")),
			half: withHalfActivations(deviceGraphWith(fusedQ4Experts)),
		},
	};
}

const hasExperts = ({ layers }: DecoderPlan): boolean =>
	layers.some(({ feedForward }) => feedForward.kind === "experts");
