import { byteText } from "../base/byteText.ts";
import type { ModelManifest } from "./manifest.ts";

/** Models with less weights than this are loaded unchecked: the bundled ones have a tenth, and their own rule (`modelChoice.ts`). */
const leastCheckedBytes = 2 ** 29;

/**
 * Positions that a model has to have memory for, to be of use: a few files and some turns about them. More is taken as a
 * conversation grows, as long as there is memory.
 */
const leastPositions = 8192;

/**
 * What a process takes beside weights and KV caches: 120 MB of runtime and JavaScript with mote-base, and what a pass over
 * a wide model has in hand, such as the logits over 150,000 tokens. As much again stays free: a machine whose last page is taken ends programs.
 */
const besideModelBytes = 2 ** 30;

/**
 * How often weights are in memory for what runs them. Each maps their file, whose pages the system can take back, and packs
 * copies: Mote's addon one; ONNX Runtime's MatMulNBits 1.2 and its QMoE 2.1 times the file, measured with mote-base. Where a model
 * has both graphs both are tried; an export may hold its weights in the graph, which is read whole and packed.
 */
const weightsInMemory = { addon: 1, oneGraph: 1.25, bothGraphsOrExport: 2.1 };

/** What a model takes at least while it runs, in bytes. */
export interface MemoryNeeds {
	readonly weightsBytes: number;
	readonly kvCacheBytes: number;
	readonly totalBytes: number;
}

export function memoryNeedsOf(manifest: ModelManifest): MemoryNeeds {
	const weightsBytes = weightsBytesOf(manifest) * weightsInMemory[whatRuns(manifest)];
	const positions = Math.min(manifest.contextLength, leastPositions);
	const kvCacheBytes = positions * kvBytesPerPosition(manifest);
	return { weightsBytes, kvCacheBytes, totalBytes: weightsBytes + kvCacheBytes + besideModelBytes };
}

/**
 * What a process takes of a device beside weights and KV caches: kernels, and what a pass has in hand. Of a model that fits by
 * less than that nobody would be glad.
 */
const besideModelOnDeviceBytes = 2 ** 28;

/** What a model takes of a device's memory at least while it runs there, in bytes; KV caches of a graph for GPUs are float32 or float16. */
export function deviceNeedsOf(manifest: ModelManifest, graph: "dense" | "half"): number {
	const { layers, kvHeads, headDim, contextLength } = manifest;
	const positions = Math.min(contextLength, leastPositions);
	const kvBytes = 2 * layers * kvHeads * headDim * positions * (graph === "dense" ? 4 : 2);
	return weightsBytesOf(manifest) + kvBytes + besideModelOnDeviceBytes;
}

/** Whether a model may be loaded, and if not why, for people. */
export type Preflight =
	{ readonly kind: "enough" } | { readonly kind: "notEnough"; readonly sentence: string };

/**
 * Holds what a model takes against the memory that is free now. Pure.
 *
 * @param freeBytes Undefined where the system doesn't say: nothing is refused for a number that nobody knows.
 */
export function preflight(manifest: ModelManifest, freeBytes: number | undefined): Preflight {
	const { weightsBytes, kvCacheBytes, totalBytes } = memoryNeedsOf(manifest);
	const isSmall = weightsBytesOf(manifest) < leastCheckedBytes;
	if (isSmall || freeBytes === undefined || totalBytes <= freeBytes) {
		return { kind: "enough" };
	}
	return {
		kind: "notEnough",
		sentence: `${manifest.name} needs about ${byteText(totalBytes)} of memory (${byteText(weightsBytes)} for its weights, ${byteText(kvCacheBytes)} for what it reads), and ${byteText(freeBytes)} are free; close other programs and try again, choose a smaller model, or name a server.`,
	};
}

function weightsBytesOf({ files: { weights, moreWeights = [] } }: ModelManifest): number {
	return [weights, ...moreWeights].reduce((sum, { bytes }) => sum + bytes, 0);
}

/** By what is tried first: see `openBackend`. */
function whatRuns(manifest: ModelManifest): keyof typeof weightsInMemory {
	const { quantization, files, exportedGraph } = manifest;
	if (exportedGraph !== undefined) {
		return "bothGraphsOrExport";
	}
	if (files.nativeGraph !== undefined && quantization !== "fp32") {
		return "addon";
	}
	return files.portableGraph === undefined ? "oneGraph" : "bothGraphsOrExport";
}

/** Mote's addon keeps int8 and a scale for each head, whatever the other graphs do. */
function kvBytesPerPosition(manifest: ModelManifest): number {
	const { layers, kvHeads, headDim, kvCache } = manifest;
	const headBytes =
		whatRuns(manifest) === "addon" ? headDim + 4 : headDim * (kvCache === "int8" ? 1 : 4);
	return 2 * layers * kvHeads * headBytes;
}
