import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UserError } from "../base/userError.ts";
import { manifestFileName, parseManifest, type ModelFile, type ModelManifest } from "./manifest.ts";

export type ModelErrorCode =
	/** The folder, its manifest or one of its files isn't there or can't be read. */
	| "modelMissing"
	/** A file has not the size or the checksum that the manifest declares. */
	| "modelAltered"
	/** The manifest is not one that this version understands. */
	| "modelInvalid";

/** The only error that {@link openModel} rejects with. */
export class ModelError extends UserError<ModelErrorCode> {}

/** A model folder whose files are there and are those that the manifest declares. */
export interface ModelFolder {
	readonly manifest: ModelManifest;
	/** Absolute. The weights, which the graphs refer to by name, lie in the same folder. */
	readonly graphPath: string;
	/** Undefined where the model has none. */
	readonly portableGraphPath: string | undefined;
	readonly nativeGraphPath: string | undefined;
	readonly denseGraphPath: string | undefined;
	readonly halfGraphPath: string | undefined;
	readonly weightsPath: string;
	readonly tokenizerPath: string;
}

export interface OpenModelOptions {
	/**
	 * "checksums" reads and hashes every byte, which takes a second for each 0.5 to 2 GB. "sizes" is for
	 * large models that were opened before: it finds what a broken copy leaves behind, not an altered byte.
	 */
	readonly verify?: "checksums" | "sizes";
}

/** A manifest has about 1 KB, with a chat template up to a few hundred. */
const maxManifestBytes = 1_000_000;

/** Reads the manifest of the model in `folder` and checks its files; with checksums unless told otherwise. */
export async function openModel(
	folder: string,
	options: OpenModelOptions = {},
): Promise<ModelFolder> {
	const path = resolve(folder);
	const manifest = await readManifest(path);
	const { graph, portableGraph, nativeGraph, denseGraph, halfGraph, weights, tokenizer } =
		manifest.files;
	const files = filesOf(manifest);
	for (const file of files) {
		await checkSize(path, file);
	}
	if (options.verify !== "sizes") {
		for (const file of files) {
			await checkChecksum(path, file);
		}
	}
	return {
		manifest,
		graphPath: join(path, graph.name),
		portableGraphPath: portableGraph && join(path, portableGraph.name),
		nativeGraphPath: nativeGraph && join(path, nativeGraph.name),
		denseGraphPath: denseGraph && join(path, denseGraph.name),
		halfGraphPath: halfGraph && join(path, halfGraph.name),
		weightsPath: join(path, weights.name),
		tokenizerPath: join(path, tokenizer.name),
	};
}

/** What a model takes on the disk, its manifest not counted. In bytes. */
export function modelBytes(manifest: ModelManifest): number {
	return filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Every file of a model once: an exported graph may hold its weights itself. */
function filesOf({ files }: ModelManifest): readonly ModelFile[] {
	const { graph, portableGraph, nativeGraph, denseGraph, halfGraph } = files;
	const { weights, moreWeights = [], tokenizer } = files;
	const graphs = [graph, portableGraph, nativeGraph, denseGraph, halfGraph];
	const all = [...graphs, weights, ...moreWeights, tokenizer].filter((file) => file !== undefined);
	return all.filter(
		({ name, sha256 }, i) =>
			all.findIndex((other) => other.name === name && other.sha256 === sha256) === i,
	);
}

async function readManifest(folder: string): Promise<ModelManifest> {
	const path = join(folder, manifestFileName);
	const text = await readUpTo(path, maxManifestBytes).catch((error: unknown) => {
		throw missing(path, error);
	});
	if (text === undefined) {
		throw invalid(folder, `it has more than ${maxManifestBytes} bytes`);
	}
	const result = parseManifest(text);
	if (result.kind === "invalid") {
		throw invalid(folder, result.problem.replaceAll(/\s+/g, " "));
	}
	return result.manifest;
}

/** The text of a file, or undefined when it has more than `maxBytes`. */
async function readUpTo(path: string, maxBytes: number): Promise<string | undefined> {
	const file = await open(path);
	try {
		const { size } = await file.stat();
		return size > maxBytes ? undefined : await file.readFile("utf8");
	} finally {
		await file.close();
	}
}

async function checkSize(folder: string, file: ModelFile): Promise<void> {
	const path = join(folder, file.name);
	const found = await stat(path).catch((error: unknown) => {
		throw missing(path, error);
	});
	if (!found.isFile() || found.size !== file.bytes) {
		throw new ModelError(
			"modelAltered",
			`The model file ${path} has ${found.size} bytes instead of ${file.bytes}, so it is not whole; install the model again.`,
		);
	}
}

async function checkChecksum(folder: string, file: ModelFile): Promise<void> {
	const path = join(folder, file.name);
	const hash = createHash("sha256");
	try {
		for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
			hash.update(chunk as Uint8Array);
		}
	} catch (error) {
		throw missing(path, error);
	}
	if (hash.digest("hex") !== file.sha256) {
		throw new ModelError(
			"modelAltered",
			`The model file ${path} is not the one its manifest was written for; install the model again.`,
		);
	}
}

function missing(path: string, cause: unknown): ModelError {
	return new ModelError(
		"modelMissing",
		`The model file ${path} is missing or can't be read; install the model again or choose another folder.`,
		{ cause },
	);
}

function invalid(folder: string, problem: string): ModelError {
	return new ModelError(
		"modelInvalid",
		`The model in ${folder} has a manifest that this version of Mote can't use (${problem}); import the model again.`,
	);
}
