import { ImportError } from "../../../src/importer/importError.ts";
import { checkpointFolder } from "../../../src/importer/findCheckpoint.ts";
import { readCheckpointPlan } from "../../../src/importer/readCheckpointPlan.ts";
import type { ModelManifest } from "../../../src/model/manifest.ts";
import { openImportedModel } from "./importedModel.ts";
import { qwen3MoeShape, writeQwen3MoeGguf, type MatrixFormat } from "./qwen3MoeGguf.ts";

const maxTokenizerBytes = 200_000_000;
const maxNotesBytes = 100_000;

/**
 * Writes a Hugging Face checkpoint of the type `qwen3_moe` as a GGUF file with the very int4 codes that
 * `mote import` makes of it: every matrix in Q4_0 (the embedding too), norms and routers in float32.
 * Throws an ImportError for a checkpoint that can't be read, and what {@link writeQwen3MoeGguf} throws.
 */
export async function writeCheckpointGguf(folder: string, path: string): Promise<void> {
	const checkpoint = checkpointFolder(folder);
	const config = qwen3MoeShape(await readCheckpointPlan(checkpoint));
	const tokenizerJson = await checkpoint.text("tokenizer.json", maxTokenizerBytes);
	if (tokenizerJson === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${folder} has no tokenizer.json; take the checkpoint anew from its source.`,
		);
	}
	const notes = await checkpoint.text("mote.json", maxNotesBytes);
	await using tensors = await checkpoint.openTensors();
	await writeQwen3MoeGguf({ config, tensors, tokenizerJson, notes }, path, "q4_0");
}

/**
 * Writes a model folder of `mote import` as a GGUF file. In Q4_0 it has the folder's int4 codes, with scales rounded to
 * halves; in float32 it has the very values that these stand for, of which an import makes the same folder again.
 */
export async function writeImportedGguf(
	folder: string,
	path: string,
	format: MatrixFormat,
): Promise<void> {
	const { manifest, ...model } = await openImportedModel(folder);
	await writeQwen3MoeGguf({ ...model, notes: notesOf(manifest) }, path, format);
}

/** What a checkpoint's `mote.json` says for its model to have this manifest. */
function notesOf(manifest: ModelManifest): string {
	const { name, license, trainedContextLength, stopTokens, fim } = manifest;
	const { order, ...markers } = fim ?? {};
	const used = Object.values(markers);
	const endOfText = stopTokens.find((token) => !used.includes(token));
	return JSON.stringify({
		name,
		license,
		order,
		trainedContextTokens: trainedContextLength,
		...(fim === undefined ? { endOfText } : { fim: { ...markers, endOfText } }),
	});
}
