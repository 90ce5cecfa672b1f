import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importCheckpoint } from "../../src/importer/importCheckpoint.ts";
import { writeRandomCheckpoint, type RandomCheckpointOptions } from "./randomCheckpoint.ts";

export interface TinyModel {
	readonly folder: string;
	remove(): Promise<void>;
}

/** A model folder imported from a small checkpoint of random weights, to run on the real runtime. */
export async function importTinyModel(
	quantization: "int4" | "fp32",
	options: RandomCheckpointOptions = {},
): Promise<TinyModel> {
	const root = await mkdtemp(join(tmpdir(), "mote-tiny-"));
	const checkpoint = join(root, "checkpoint");
	const folder = join(root, "model");
	await writeRandomCheckpoint(checkpoint, options);
	await importCheckpoint(checkpoint, folder, { quantization });
	return { folder, remove: () => rm(root, { recursive: true, force: true }) };
}
