import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freeDiskBytes } from "../base/freeDiskBytes.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { calibrationSequences } from "./calibration.ts";
import type { CheckpointSource } from "./checkpointSource.ts";
import { matrixColumns, type DecoderPlan } from "./decoderPlan.ts";
import { findExportedModel } from "./exported/exportedFolder.ts";
import { importExportedModel } from "./exported/importExported.ts";
import { findCheckpoint } from "./findCheckpoint.ts";
import { ImportError } from "./importError.ts";
import { importKey, weightsLayoutVersion } from "./importKey.ts";
import type { ImportOptions, KvMeasurement } from "./importOptions.ts";
import { withInt8KvCache } from "./int8KvCache.ts";
import { tokenizerFileName, writeFileDurably, writeManifest } from "./modelFolder.ts";
import { limitedContextLength, readModelTexts } from "./modelTexts.ts";
import { q4BlockSize } from "./q4.ts";
import { openPartialFolder, refuseUsedFolder } from "./partialFolder.ts";
import { readCheckpointPlan } from "./readCheckpointPlan.ts";
import type { TensorSource } from "./tensorSource.ts";
import { resumableFileNames, writeWeights, type DecoderGraphs } from "./writeWeights.ts";

const graphFileNames = {
	fused: "model.onnx",
	portable: "model-portable.onnx",
	native: "model-native.onnx",
	dense: "model-dense.onnx",
	half: "model-half.onnx",
} as const;

/**
 * Turns a Hugging Face folder, or a GGUF file, of one of the types of {@link planDecoder} into a model folder: graph,
 * weights, tokenizer and manifest; so does {@link importExportedModel} with a graph that somebody has exported. The folder
 * appears under its name only when it is whole. An import that is killed or aborted leaves a folder
 * `{outFolder}.partial-…` beside it; the next one of the same checkpoint to the same place goes on with it.
 *
 * Throws an ImportError, or a UserError "tokenizerInvalid", for everything that is wrong with the input.
 */
export async function importCheckpoint(
	checkpointPath: string,
	outFolder: string,
	options: ImportOptions,
): Promise<void> {
	const target = resolve(outFolder);
	await refuseUsedFolder(target);
	const exported = await findExportedModel(checkpointPath, options.quantization);
	if (exported !== undefined) {
		await importExportedModel(exported, target, options);
		return;
	}
	await importInto(await findCheckpoint(checkpointPath), target, options);
}

/** The same for a checkpoint that doesn't lie on a disk. */
export async function importSource(
	checkpoint: CheckpointSource,
	outFolder: string,
	options: ImportOptions,
): Promise<void> {
	const target = resolve(outFolder);
	await refuseUsedFolder(target);
	await importInto(checkpoint, target, options);
}

async function importInto(
	checkpoint: CheckpointSource,
	target: string,
	options: ImportOptions,
): Promise<void> {
	const declared = await readCheckpointPlan(checkpoint);
	const contextLength = limitedContextLength(declared.contextLength, options.contextLength);
	const plan = { ...declared, contextLength };
	if (options.quantization === "int4") {
		refuseUnevenBlocks(plan);
	}
	if (options.kvCache?.kind === "int8") {
		refuseLatents(plan);
	}
	if (options.quantization === "int4" && checkpoint.int4Notice !== undefined) {
		options.onNotice?.(checkpoint.int4Notice);
	}
	await using tensors = await checkpoint.openTensors();
	const partial = await openPartialFolder(
		target,
		importKey({
			plan,
			quantization: options.quantization,
			identity: tensors.identity,
			layoutVersion: weightsLayoutVersion,
		}),
		resumableFileNames,
	);
	try {
		await writeModelFolder(checkpoint, tensors, partial.path, plan, options);
		await partial.moveIntoPlace();
	} catch (error) {
		await (options.signal?.aborted === true ? partial.leave() : partial.remove());
		throw error;
	}
}

async function writeModelFolder(
	checkpoint: CheckpointSource,
	tensors: TensorSource,
	folder: string,
	plan: DecoderPlan,
	options: ImportOptions,
): Promise<void> {
	const { tokenizerText, tokenizer, notes, chat } = await readModelTexts(
		checkpoint,
		plan.architecture,
		plan.vocabularySize,
		options,
	);
	const { graphs: float32Graphs, weights } = await writeWeights(tensors, folder, plan, {
		quantization: options.quantization,
		linearArithmetic: options.linearArithmetic ?? "int8",
		onProgress: (fraction) => options.onProgress?.(fraction),
		signal: options.signal,
		freeBytes: options.freeBytes ?? freeDiskBytes,
	});
	const kvCache = options.kvCache ?? { kind: "float32" };
	const graphs =
		kvCache.kind === "float32"
			? float32Graphs
			: await quantizeKvCache(float32Graphs, folder, plan, tokenizer, kvCache.measure);
	const manifest = {
		formatVersion: 1,
		name: notes.name,
		architecture: plan.architecture,
		license: notes.license,
		quantization: options.quantization,
		vocabularySize: plan.vocabularySize,
		contextLength: plan.contextLength,
		trainedContextLength: Math.min(
			notes.trainedContextLength ?? plan.contextLength,
			plan.contextLength,
		),
		layers: plan.layers.length,
		kvHeads: plan.kvHeads,
		headDim: plan.headDim,
		kvCache: kvCache.kind,
		stopTokens: notes.stopTokens,
		...(notes.fim === undefined ? {} : { fim: notes.fim }),
		...(chat === undefined ? {} : { chat }),
		files: {
			graph: await writeFileDurably(folder, graphFileNames.fused, graphs.fused),
			...(graphs.portable !== undefined && {
				portableGraph: await writeFileDurably(folder, graphFileNames.portable, graphs.portable),
			}),
			...(graphs.native !== undefined && {
				nativeGraph: await writeFileDurably(folder, graphFileNames.native, graphs.native),
			}),
			...(graphs.dense !== undefined && {
				denseGraph: await writeFileDurably(folder, graphFileNames.dense, graphs.dense),
			}),
			...(graphs.half !== undefined && {
				halfGraph: await writeFileDurably(folder, graphFileNames.half, graphs.half),
			}),
			weights,
			tokenizer: await writeFileDurably(folder, tokenizerFileName, Buffer.from(tokenizerText)),
		},
	};
	await writeManifest(folder, manifest);
}

/** The graphs of the runtime with an int8 KV cache. The native one leaves the format to whoever runs it. */
async function quantizeKvCache(
	graphs: DecoderGraphs,
	folder: string,
	plan: DecoderPlan,
	tokenizer: Tokenizer,
	measure: KvMeasurement,
): Promise<DecoderGraphs> {
	// Measured in the folder of the weights, under a name that the finished folder doesn't have.
	const graphPath = join(folder, `float32-${graphFileNames.fused}`);
	await writeFile(graphPath, graphs.fused);
	const { vocabularySize, contextLength, kvHeads, headDim } = plan;
	const layers = plan.layers.length;
	const model = { graphPath, vocabularySize, contextLength, layers, kvHeads, headDim };
	const ranges = await measure(model, calibrationSequences(tokenizer, contextLength));
	await rm(graphPath);
	return {
		...graphs,
		fused: withInt8KvCache(graphs.fused, ranges),
		...(graphs.portable !== undefined && { portable: withInt8KvCache(graphs.portable, ranges) }),
	};
}

function refuseUnevenBlocks(plan: DecoderPlan): void {
	const uneven = matrixColumns(plan).find((size) => size % q4BlockSize !== 0);
	if (uneven !== undefined) {
		throw new ImportError(
			"checkpointUnsupported",
			`The checkpoint has matrices of ${uneven} columns, which int4 blocks of ${q4BlockSize} don't divide; import it as fp32.`,
		);
	}
}

/** Scales of an int8 cache follow from rotated pairs that span a whole head; of latents a part of one is rotated. */
function refuseLatents({ layers }: DecoderPlan): void {
	if (layers.some(({ attention }) => attention.kind === "latent")) {
		throw new ImportError(
			"checkpointUnsupported",
			"A model with latent attention keeps its KV cache in float32, which is small already; import it without int8.",
		);
	}
}
