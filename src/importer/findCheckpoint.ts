import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { CheckpointSource } from "./checkpointSource.ts";
import { CheckpointTensors } from "./checkpointTensors.ts";
import { ggufCheckpoint } from "./gguf/ggufCheckpoint.ts";
import { isGgufFile } from "./gguf/ggufFiles.ts";
import { ImportError } from "./importError.ts";
import { readTextFile } from "./jsonFile.ts";

/**
 * The checkpoint at a path that somebody gave: a folder in Hugging Face's layout, a GGUF file (whatever it is called), a
 * part of a split one, or a folder with nothing but one of these.
 *
 * @throws ImportError where there is none, and for GGUF files that can't be imported
 */
export async function findCheckpoint(path: string): Promise<CheckpointSource> {
	const found = await stat(path).catch((error: unknown) => {
		throw nothingThere(path, error);
	});
	if (!found.isDirectory()) {
		if (!found.isFile() || !(await isGgufFile(path).catch(() => false))) {
			throw nothingThere(path);
		}
		return await ggufCheckpoint(path);
	}
	const names = await readdir(path);
	const models = names.filter((name) => firstPartPattern.test(name)).sort();
	const [model, another] = models;
	if (names.includes("config.json") || model === undefined) {
		return checkpointFolder(path);
	}
	if (another !== undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${path} has several GGUF files (${models.slice(0, 3).join(", ")}${models.length > 3 ? ", …" : ""}); give the path of one of them.`,
		);
	}
	return await ggufCheckpoint(join(path, model));
}

/** A model in one file, or the first part of one. */
const firstPartPattern = /^(?!.*-(?!00001)\d{5}-of-\d{5}\.gguf$).+\.gguf$/;

/** A folder with `config.json`, safetensors and `tokenizer.json`. */
export function checkpointFolder(path: string): CheckpointSource {
	return {
		path,
		defaultName: basename(resolve(path)).slice(0, 100) || "model",
		int4Notice: undefined,
		text: (name, maxBytes) => readTextFile(join(path, name), maxBytes),
		openTensors: () => CheckpointTensors.open(path),
	};
}

function nothingThere(path: string, cause?: unknown): ImportError {
	return new ImportError(
		"checkpointInvalid",
		`There is no checkpoint at ${path}; give the folder of a Hugging Face checkpoint or a GGUF file.`,
		{ cause },
	);
}
