import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { CheckpointFileName, CheckpointFiles } from "../checkpointSource.ts";
import { ImportError } from "../importError.ts";
import { readTextFile } from "../jsonFile.ts";
import {
	configTextsOf,
	genaiConfigFileName,
	readGenaiConfig,
	type GenaiConfig,
} from "./genaiConfig.ts";

/** A folder with a decoder that somebody has exported to ONNX, and the graph of it that is taken. */
export interface ExportedModel {
	readonly graphPath: string;
	/** Config, tokenizer and chat template. */
	readonly files: CheckpointFiles;
	/** What onnxruntime-genai's folder says of the graph; undefined for the layout of Transformers.js and Optimum. */
	readonly genai: GenaiConfig | undefined;
}

/** Where Transformers.js and Optimum keep the graphs. */
const graphFolderName = "onnx";
const graphPattern = /^(model|decoder_model_merged)(?:_([a-z0-9]+))?\.onnx$/;

/**
 * Ends of file names, the best for a CPU first.
 *
 * A step reads every weight once, so int4 (blocks with a float scale each, activations rounded by blocks) is the fastest.
 * 8 bits come next; there the activations of a whole pass share one scale, so that what a token gets depends a little on
 * which others are in its pass. Floats of 16 bits are last: a CPU computes with them by way of 32 bits, and their graphs
 * mostly have KV caches of 16 bits, which are refused.
 */
const variants = ["q4", "int8", "quantized", "uint8", "", "q4f16", "fp16", "bnb4"];

/**
 * The exported model at a path that somebody gave: its folder, or one of its graphs. Undefined where there is none, or
 * where the checkpoint itself lies there too, from which a faster model is made.
 *
 * @param preference "fp32" takes the graph that isn't quantized, where there is one.
 * @throws ImportError for a genai_config.json that isn't one
 */
export async function findExportedModel(
	path: string,
	preference: "int4" | "fp32",
): Promise<ExportedModel | undefined> {
	const found = await stat(path).catch(() => undefined);
	if (found?.isFile() === true && path.endsWith(".onnx")) {
		const parent = dirname(resolve(path));
		const isInGraphFolder = basename(parent) === graphFolderName;
		return await exportedModel(isInGraphFolder ? dirname(parent) : parent, resolve(path));
	}
	if (found?.isDirectory() !== true) {
		return undefined;
	}
	const root = resolve(path);
	const names = await readdir(root);
	if (names.some((name) => name.endsWith(".safetensors"))) {
		return undefined;
	}
	if (names.includes(genaiConfigFileName)) {
		return await exportedModel(root, undefined);
	}
	const inFolder = await readdir(join(root, graphFolderName)).catch(() => []);
	const [graph] = [
		...names.map((name) => ({ name, path: join(root, name) })),
		...inFolder.map((name) => ({ name, path: join(root, graphFolderName, name) })),
	]
		.map((file) => ({ ...file, rank: rankOf(file.name, preference) }))
		.filter(({ rank }) => rank !== undefined)
		.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
	return graph === undefined ? undefined : await exportedModel(root, graph.path);
}

/** The lower, the better; undefined for what is no graph of a decoder. */
function rankOf(name: string, preference: "int4" | "fp32"): number | undefined {
	const match = graphPattern.exec(name);
	if (match === null) {
		return undefined;
	}
	const [, kind, suffix = ""] = match;
	const place = preference === "fp32" && suffix === "" ? -1 : variants.indexOf(suffix);
	const known = place === -1 && suffix !== "" ? variants.length : place;
	return 2 * known + (kind === "model" ? 0 : 1);
}

async function exportedModel(root: string, graphPath: string | undefined): Promise<ExportedModel> {
	const genai = await readGenaiConfig(root);
	const declared = genai === undefined ? undefined : join(root, genai.fileName);
	const path = graphPath ?? declared;
	if (path === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${root} has no ${genaiConfigFileName}; take the model anew from its source.`,
		);
	}
	// Of a graph beside the one that it describes it says nothing.
	return exportedFrom(root, path, path === declared ? genai : undefined);
}

function exportedFrom(
	root: string,
	graphPath: string,
	genai: GenaiConfig | undefined,
): ExportedModel {
	const texts: ReadonlyMap<CheckpointFileName, string> =
		genai === undefined ? new Map() : configTextsOf(genai);
	return {
		graphPath,
		genai,
		files: {
			path: root,
			defaultName: basename(root).slice(0, 100) || "model",
			text: async (name, maxBytes) =>
				(await readTextFile(join(root, name), maxBytes)) ?? texts.get(name),
		},
	};
}
