import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../base/assert.ts";
import { manifestFileName, parseManifest, type ModelFile } from "../model/manifest.ts";

export const tokenizerFileName = "tokenizer.json";

/** Writes the manifest of a model, of which everything has been validated before. */
export async function writeManifest(
	folder: string,
	manifest: Readonly<Record<string, unknown>>,
): Promise<void> {
	const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
	assert(parseManifest(text).kind === "ok", "the manifest is valid");
	await writeFileDurably(folder, manifestFileName, Buffer.from(text));
}

/** Writes a whole file, puts it on the disk, and describes it for the manifest. */
export async function writeFileDurably(
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
