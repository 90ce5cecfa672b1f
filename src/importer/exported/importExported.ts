import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, link, open, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { freeDiskBytes } from "../../base/freeDiskBytes.ts";
import { maxMoreWeightsFiles, type ModelFile } from "../../model/manifest.ts";
import { refuseFullDisk } from "../fullDisk.ts";
import { ImportError } from "../importError.ts";
import type { ImportOptions } from "../importOptions.ts";
import { tokenizerFileName, writeFileDurably, writeManifest } from "../modelFolder.ts";
import { limitedContextLength, readModelTexts } from "../modelTexts.ts";
import { openPartialFolder } from "../partialFolder.ts";
import { exportedDecoder } from "./decoderSignature.ts";
import { readExportedConfig } from "./exportedConfig.ts";
import type { ExportedModel } from "./exportedFolder.ts";
import { readOnnxSignature, type OnnxSignature } from "./onnxSignature.ts";
import { ProtobufFault } from "./protobufFile.ts";

/** A file that goes into the model folder as it is. */
interface SourceFile {
	readonly name: string;
	/** Of the file itself, where the folder has a link to it, as hubs' caches do. */
	readonly path: string;
	readonly bytes: number;
}

/** A protobuf message is no longer; larger models have external data. */
const maxGraphBytes = 2 ** 31;

/**
 * Makes a model folder of an exported model: its files as they are, as further names for them where the file system can
 * do that, else as copies, with a manifest that says how the graph is run. The folder appears when it is whole.
 *
 * @throws ImportError, or UserError "tokenizerInvalid", for everything that is wrong with the input
 */
export async function importExportedModel(
	model: ExportedModel,
	target: string,
	options: ImportOptions,
): Promise<void> {
	if (options.kvCache?.kind === "int8") {
		throw new ImportError(
			"checkpointUnsupported",
			"An exported graph keeps its KV cache as it was exported; import it without int8.",
		);
	}
	const { graphPath, files, genai } = model;
	const signature = await signatureOf(graphPath);
	const config = await readExportedConfig(files);
	const decoder = exportedDecoder(signature, config, genai);
	const declaredLength = genai?.contextLength ?? config.contextLength;
	if (declaredLength === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${files.path} has no config.json that says how many positions the model takes; take the model anew from its source.`,
		);
	}
	const contextLength = Math.min(
		limitedContextLength(declaredLength, options.contextLength),
		1_048_576,
	);
	const { quantization, vocabularySize, layers, kvHeads, headDim, names } = decoder;
	const texts = await readModelTexts(files, config.modelType, vocabularySize, options);
	const graph = await sourceFile(graphPath, maxGraphBytes);
	const data = await externalFiles(graphPath, signature);
	const sources = [graph, ...data];
	const partial = await openPartialFolder(target, keyOf(sources), []);
	try {
		const taken = await takeFiles(sources, partial.path, options);
		const [graphFile, ...weightFiles] = taken;
		const [weights = graphFile, ...moreWeights] = weightFiles;
		const { notes, chat } = texts;
		await writeManifest(partial.path, {
			formatVersion: 1,
			name: notes.name,
			architecture: config.modelType,
			license: notes.license,
			quantization,
			vocabularySize,
			contextLength,
			trainedContextLength: Math.min(notes.trainedContextLength ?? contextLength, contextLength),
			layers,
			kvHeads,
			headDim,
			kvCache: "float32",
			exportedGraph: names,
			stopTokens: notes.stopTokens,
			...(notes.fim === undefined ? {} : { fim: notes.fim }),
			...(chat === undefined ? {} : { chat }),
			files: {
				graph: graphFile,
				weights,
				...(moreWeights.length > 0 && { moreWeights }),
				tokenizer: await writeFileDurably(
					partial.path,
					tokenizerFileName,
					Buffer.from(texts.tokenizerText),
				),
			},
		});
		await partial.moveIntoPlace();
	} catch (error) {
		await partial.remove();
		throw error;
	}
}

async function signatureOf(graphPath: string): Promise<OnnxSignature> {
	try {
		return await readOnnxSignature(graphPath);
	} catch (error) {
		if (error instanceof ProtobufFault) {
			throw invalid(graphPath, error.message, error);
		}
		throw invalid(graphPath, "it can't be read", error);
	}
}

/** The files beside the graph that its weights lie in, the largest first. */
async function externalFiles(
	graphPath: string,
	{ externalData }: OnnxSignature,
): Promise<readonly SourceFile[]> {
	if (externalData.size > maxMoreWeightsFiles + 1) {
		throw new ImportError(
			"checkpointUnsupported",
			`The weights of ${graphPath} lie in ${externalData.size} files, more than ${maxMoreWeightsFiles + 1}; export it with all of them in one.`,
		);
	}
	const found: SourceFile[] = [];
	for (const [location, leastBytes] of externalData) {
		const name = location.replace(/^\.\//, "");
		if (!isPlainName(name)) {
			throw invalid(
				graphPath,
				`it names the file ${JSON.stringify(location.slice(0, 80))}, which doesn't lie beside it`,
			);
		}
		const file = await sourceFile(join(dirname(graphPath), name), Infinity);
		if (file.bytes < leastBytes) {
			throw invalid(
				graphPath,
				`${name} beside it has ${file.bytes} bytes instead of at least ${leastBytes}`,
			);
		}
		found.push(file);
	}
	return found.sort((a, b) => b.bytes - a.bytes);
}

/** What a manifest takes, and what isn't one of the files that are written beside it. */
const isPlainName = (name: string): boolean =>
	/^[\w][\w.-]{0,127}$/.test(name) && name !== tokenizerFileName && !name.endsWith(".json");

async function sourceFile(path: string, maxBytes: number): Promise<SourceFile> {
	const name = basename(path);
	const found = await stat(path).catch((error: unknown) => {
		throw invalid(path, "it is missing or can't be read", error);
	});
	if (!found.isFile() || found.size > maxBytes) {
		throw invalid(path, `it is no file of at most ${maxBytes} bytes`);
	}
	if (!isPlainName(name)) {
		throw invalid(path, "its name has signs other than letters, digits, dots, dashes and _");
	}
	return { name, path: await realpath(path), bytes: found.size };
}

function keyOf(sources: readonly SourceFile[]): string {
	return createHash("sha256").update(JSON.stringify(sources)).digest("hex");
}

/** Puts files into a folder and describes them, in their order. */
async function takeFiles(
	sources: readonly SourceFile[],
	folder: string,
	{ freeBytes = freeDiskBytes, onProgress, signal }: ImportOptions,
): Promise<readonly ModelFile[]> {
	const total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
	const taken: ModelFile[] = [];
	let before = 0;
	for (const { name, path, bytes } of sources) {
		signal?.throwIfAborted();
		const to = join(folder, name);
		try {
			await link(path, to);
		} catch {
			// Another disk, or a file system without links.
			refuseFullDisk(folder, total - before, await freeBytes(folder));
			await copyFile(path, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
			await using file = await open(to);
			await file.sync();
		}
		const start = before;
		const sha256 = await checksum(to, signal, (done) => onProgress?.((start + done) / total));
		taken.push({ name, bytes, sha256 });
		before += bytes;
	}
	return taken;
}

async function checksum(
	path: string,
	signal: AbortSignal | undefined,
	onBytes: (done: number) => void,
): Promise<string> {
	const hash = createHash("sha256");
	let done = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
		signal?.throwIfAborted();
		const bytes = chunk as Uint8Array;
		hash.update(bytes);
		done += bytes.length;
		onBytes(done);
	}
	return hash.digest("hex");
}

function invalid(path: string, problem: string, cause?: unknown): ImportError {
	return new ImportError(
		"checkpointInvalid",
		`The model file ${path} can't be used because ${problem}; take the model anew from its source.`,
		{ cause },
	);
}
