import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../../src/engine/backend.ts";
import { openExportedBackend } from "../../src/engine/ort/exportedBackend.ts";
import { measureKvRanges } from "../../src/engine/ort/measureKvRanges.ts";
import { openOrtBackend } from "../../src/engine/ort/ortBackend.ts";
import { importCheckpoint } from "../../src/importer/importCheckpoint.ts";
import type { KvCacheFormat } from "../../src/model/manifest.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { writeRandomCheckpoint, type RandomCheckpointOptions } from "./randomCheckpoint.ts";

export interface TinyModel {
	readonly folder: string;
	remove(): Promise<void>;
}

/** A model folder imported from a small checkpoint of random weights, to run on the real runtime. */
export async function importTinyModel(
	quantization: "int4" | "fp32",
	options: RandomCheckpointOptions = {},
	kvCache: KvCacheFormat = "float32",
): Promise<TinyModel> {
	const root = await mkdtemp(join(tmpdir(), "mote-tiny-"));
	const checkpoint = join(root, "checkpoint");
	const folder = join(root, "model");
	await writeRandomCheckpoint(checkpoint, options);
	await importCheckpoint(checkpoint, folder, {
		quantization,
		kvCache:
			kvCache === "float32"
				? { kind: kvCache }
				: {
						kind: kvCache,
						measure: (model, sequences) => measureKvRanges(model, sequences, 1),
					},
	});
	return { folder, remove: () => rm(root, { recursive: true, force: true }) };
}

/** The model in `folder` on the real runtime, with one thread, so that it always adds in the same order. */
export async function openBackend(folder: string): Promise<Backend> {
	const { graphPath, manifest } = await openModel(folder);
	if (manifest.exportedGraph !== undefined) {
		const names = manifest.exportedGraph;
		return await openExportedBackend({ graphPath, manifest, names, threads: 1 });
	}
	return await openOrtBackend({ graphPath, manifest, threads: 1 });
}
