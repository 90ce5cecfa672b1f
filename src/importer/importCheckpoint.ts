import { createHash } from "node:crypto";
import { open, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { assert } from "../base/assert.ts";
import { freeDiskBytes } from "../base/freeDiskBytes.ts";
import { UserError } from "../base/userError.ts";
import type { KvRanges } from "../model/kvRanges.ts";
import {
	manifestFileName,
	parseManifest,
	type ChatFormat,
	type ModelFile,
} from "../model/manifest.ts";
import { createTokenizer } from "../tokenizer/bpeTokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { parseTokenizerFile } from "../tokenizer/tokenizerFile.ts";
import { calibrationSequences } from "./calibration.ts";
import { readCheckpointChat } from "./checkpointChat.ts";
import { readCheckpointNotes } from "./checkpointNotes.ts";
import type { CheckpointSource } from "./checkpointSource.ts";
import { matrixColumns, type DecoderPlan } from "./decoderPlan.ts";
import { findCheckpoint } from "./findCheckpoint.ts";
import type { LinearArithmetic } from "./graphs/q4Operators.ts";
import { ImportError } from "./importError.ts";
import { withInt8KvCache } from "./int8KvCache.ts";
import { q4BlockSize } from "./q4.ts";
import { openPartialFolder, refuseUsedFolder } from "./partialFolder.ts";
import { readCheckpointPlan } from "./readCheckpointPlan.ts";
import type { TensorSource } from "./tensorSource.ts";
import { resumableFileNames, writeWeights, type DecoderGraphs } from "./writeWeights.ts";

export interface ImportOptions {
	readonly quantization: "int4" | "fp32";
	/** How int4 linear layers compute; "int8" unless given. */
	readonly linearArithmetic?: LinearArithmetic;
	/** "float32" unless given. */
	readonly kvCache?: KvCacheOption;
	/** Positions that the model takes at most, for smaller rotary tables; what the checkpoint declares without it. */
	readonly contextLength?: number;
	/**
	 * Throws a UserError where the chat template of the checkpoint can't be used; the model is then imported
	 * without it. Whoever runs templates has to say: this folder doesn't.
	 */
	readonly checkChat?: (chat: ChatFormat, tokenizer: Tokenizer, modelName: string) => void;
	/** Hears, in a sentence, what of the checkpoint was left out. */
	readonly onNotice?: (sentence: string) => void;
	/** Hears how much is done, from 0 to 1. */
	readonly onProgress?: (fraction: number) => void;
	/** Ends the import between two pieces of a tensor; it then rejects with the signal's reason. The next one goes on from there. */
	readonly signal?: AbortSignal;
	/** Bytes that can be written in a folder; what the file system says unless given. */
	readonly freeBytes?: (folder: string) => Promise<number>;
}

/**
 * int8 takes a quarter of float32's memory. Its scales are constants of the graph, so somebody who can run
 * the model has to measure what it puts into its cache; this folder doesn't know the runtime.
 */
export type KvCacheOption =
	{ readonly kind: "float32" } | { readonly kind: "int8"; readonly measure: KvMeasurement };

/** Runs each sequence from an empty cache, and returns the ranges of each layer over all of them. */
export type KvMeasurement = (
	model: UnfinishedModel,
	sequences: readonly (readonly number[])[],
) => Promise<readonly KvRanges[]>;

/** A model with a float32 KV cache on its way to int8. */
export interface UnfinishedModel {
	/** Its weights lie beside it. */
	readonly graphPath: string;
	readonly vocabularySize: number;
	readonly contextLength: number;
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
}

const graphFileNames = {
	fused: "model.onnx",
	portable: "model-portable.onnx",
	native: "model-native.onnx",
} as const;
const tokenizerFileName = "tokenizer.json";
const maxTokenizerBytes = 200_000_000;

/**
 * Turns a Hugging Face folder, or a GGUF file, of one of the types of {@link planDecoder} into a model folder: graph,
 * weights, tokenizer and manifest. The folder appears under its name only when it is whole. An import that is killed or
 * aborted leaves a folder `{outFolder}.partial-…` beside it; the next one of the same checkpoint to the same place goes on
 * with it.
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
	const checkpoint = await findCheckpoint(checkpointPath);
	const plan = withContextLength(await readCheckpointPlan(checkpoint), options.contextLength);
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
		importKey(plan, options.quantization, tensors.identity),
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

/** Imports with the same one write the same weights. */
function importKey(
	plan: DecoderPlan,
	quantization: ImportOptions["quantization"],
	tensorsIdentity: string,
): string {
	const parts = JSON.stringify([plan, quantization, tensorsIdentity]);
	return createHash("sha256").update(parts).digest("hex");
}

async function writeModelFolder(
	checkpoint: CheckpointSource,
	tensors: TensorSource,
	folder: string,
	plan: DecoderPlan,
	options: ImportOptions,
): Promise<void> {
	const tokenizerText = await checkpoint.text(tokenizerFileName, maxTokenizerBytes);
	if (tokenizerText === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${checkpoint.path} has no tokenizer.json; take the checkpoint anew from its source.`,
		);
	}
	const tokenizer = createTokenizer(tokenizerText);
	if (tokenizer.vocabularySize > plan.vocabularySize) {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's tokenizer has ${tokenizer.vocabularySize} tokens but its model only ${plan.vocabularySize}; take both from the same source.`,
		);
	}
	const notes = await readCheckpointNotes(checkpoint, plan.architecture, tokenizer);
	const chat = await usableChat(checkpoint, tokenizerText, tokenizer, notes.name, options);
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
			weights,
			tokenizer: await writeFileDurably(folder, tokenizerFileName, Buffer.from(tokenizerText)),
		},
	};
	const manifestText = `${JSON.stringify(manifest, undefined, 2)}\n`;
	assert(parseManifest(manifestText).kind === "ok", "the manifest is valid");
	await writeFileDurably(folder, manifestFileName, Buffer.from(manifestText));
}

/** How to converse with the checkpoint; undefined, and said so, where its template can't be used. */
async function usableChat(
	checkpoint: CheckpointSource,
	tokenizerText: string,
	tokenizer: Tokenizer,
	modelName: string,
	{ checkChat, onNotice }: ImportOptions,
): Promise<ChatFormat | undefined> {
	const { specialTokens } = parseTokenizerFile(tokenizerText);
	const found = await readCheckpointChat(checkpoint, specialTokens);
	switch (found.kind) {
		case "none":
			return undefined;
		case "unusable":
			onNotice?.(`The model is imported for completions only, because ${found.problem}.`);
			return undefined;
		case "chat":
			try {
				checkChat?.(found.chat, tokenizer, modelName);
				return found.chat;
			} catch (error) {
				if (!(error instanceof UserError)) {
					throw error;
				}
				onNotice?.(`The model is imported for completions only. ${error.message}`);
				return undefined;
			}
	}
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

/** Writes a whole file, puts it on the disk, and describes it for the manifest. */
async function writeFileDurably(
	folder: string,
	name: string,
	content: Uint8Array,
): Promise<ModelFile> {
	await using file = await open(join(folder, name), "wx");
	await file.writeFile(content);
	await file.sync();
	const sha256 = createHash("sha256").update(content).digest("hex");
	return { name, bytes: content.length, sha256 };
}

function withContextLength(plan: DecoderPlan, wanted: number | undefined): DecoderPlan {
	if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1)) {
		throw new ImportError(
			"checkpointUnsupported",
			"A model takes a whole number of positions; give a larger context length.",
		);
	}
	return { ...plan, contextLength: Math.min(wanted ?? Infinity, plan.contextLength) };
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
