import type { ListedFile } from "./hub/hubListing.ts";
import type { WantedFile } from "./download/partialFile.ts";
import { LibraryError } from "./libraryError.ts";

/** What says how a checkpoint is built; it comes first, so that nothing large is fetched in vain. */
export const configFileName = "config.json";
const tokenizerFileName = "tokenizer.json";
const wholeFileName = "model.safetensors";
const indexFileName = "model.safetensors.index.json";

/** What the importer reads beside that where it is there, and the terms. */
const otherFiles =
	/^(?:generation_config[.]json|tokenizer_config[.]json|chat_template[.]jinja|mote[.]json|LICEN[CS]E(?:[.](?:md|txt))?)$/;
/** As the index of a sharded checkpoint names them. */
const shardName = /^model-\d{1,6}-of-\d{1,6}[.]safetensors$/;
/** No published checkpoint has more. */
const maxShards = 1000;

/**
 * The files of a published checkpoint that an import needs, the small ones first. Throws a LibraryError
 * "modelUnsupported" where it isn't one.
 */
export function checkpointFiles(
	listed: readonly ListedFile[],
	repository: string,
): readonly WantedFile[] {
	const byName = new Map(listed.map((file) => [file.path, file]));
	const missing = [configFileName, tokenizerFileName].find((name) => !byName.has(name));
	if (missing !== undefined) {
		throw unsupported(repository, `has no ${missing}${otherLayout(listed)}`);
	}
	const weights = byName.has(wholeFileName)
		? [wholeFileName]
		: byName.has(indexFileName)
			? [...byName.keys()].filter((name) => shardName.test(name))
			: [];
	if (weights.length === 0 || weights.length > maxShards) {
		throw unsupported(repository, `has no weights as safetensors${otherLayout(listed)}`);
	}
	const names = [
		configFileName,
		tokenizerFileName,
		...[...byName.keys()].filter((name) => otherFiles.test(name)),
		...(byName.has(wholeFileName) ? [] : [indexFileName]),
		...weights.sort(),
	];
	return names.flatMap((name) => {
		const file = byName.get(name);
		return file === undefined ? [] : [{ name, bytes: file.bytes, checksum: file.checksum }];
	});
}

/** How much of the files are weights. */
export function weightsBytes(files: readonly WantedFile[]): number {
	return files
		.filter(({ name }) => name.endsWith(".safetensors"))
		.reduce((sum, { bytes }) => sum + bytes, 0);
}

function otherLayout(listed: readonly ListedFile[]): string {
	const layouts: readonly (readonly [RegExp, string])[] = [
		[/[.]gguf$/i, "GGUF files"],
		[/[.]onnx$/i, "ONNX files"],
		[/[.](?:bin|pt|pth)$/i, "PyTorch files"],
	];
	const found = layouts.find(([pattern]) => listed.some(({ path }) => pattern.test(path)));
	return found === undefined ? "" : ` but ${found[1]}`;
}

function unsupported(repository: string, problem: string): LibraryError {
	return new LibraryError(
		"modelUnsupported",
		`${repository} ${problem}, which can't be installed; choose the repository with the original checkpoint.`,
	);
}
