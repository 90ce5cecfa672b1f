import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importCheckpoint } from "../../src/importer/importCheckpoint.ts";
import { writeExportedDecoder, type ExportOptions } from "../support/exportedDecoder.ts";
import { tinyConfigs } from "../support/randomDecoder.ts";
import { openBackend, type TinyModel } from "../support/tinyModel.ts";
import { describeRuntimeLaws } from "./runtimeLaws.ts";

const config = { ...tinyConfigs.llama, max_position_embeddings: 1024 };

async function importExport(options: ExportOptions): Promise<TinyModel> {
	const root = await mkdtemp(join(tmpdir(), "mote-export-"));
	const folder = join(root, "model");
	await writeExportedDecoder(join(root, "export"), config, [options]);
	await importCheckpoint(join(root, "export"), folder, { quantization: "int4" });
	return { folder, remove: () => rm(root, { recursive: true, force: true }) };
}

const plain: ExportOptions = {
	path: "onnx/model.onnx",
	attention: "plain",
	weights: "external",
};
const exports: Readonly<Record<string, ExportOptions>> = {
	"with plain attention": plain,
	"with grouped attention, which gives the logits of the last row only": {
		...plain,
		attention: "grouped",
		logits: "last",
	},
	"merged of two branches": { ...plain, path: "decoder_model_merged.onnx", isMerged: true },
};
for (const [name, options] of Object.entries(exports)) {
	describeRuntimeLaws({
		name: `onnxruntime-node, in an exported graph ${name},`,
		quantization: "fp32",
		createModel: () => importExport(options),
		tolerance: 1e-3,
		open: openBackend,
	});
}
