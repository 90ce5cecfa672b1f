import { createHash } from "node:crypto";
import { access, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { constants } from "node:fs";
import { nullLogger, type Logger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import { utf8Files, type FileEncodings } from "../files/encodings.ts";
import { Grammars, type GrammarFiles } from "../syntax/grammars.ts";
import { tagLanguageOf, taggedLanguageIds } from "../syntax/tagLanguages.ts";
import { startTagProcess, TagClient } from "../syntax/tagClient.ts";
import { TagReader } from "../syntax/tagReader.ts";
import { recordVersion } from "./fileRecord.ts";
import { IndexStore } from "./indexStore.ts";
import { LocalRepositoryIndex } from "./localRepositoryIndex.ts";
import type { RepositoryIndex } from "./repositoryIndex.ts";

export interface IndexOptions {
	/** The repository's folder. */
	readonly root: string;
	/** A folder of its own for the database; without it nothing is kept. */
	readonly storageFolder?: string;
	readonly grammarFiles: GrammarFiles;
	/** Folder with `<language>/tags.scm`: `syntaxes` of the sources, copied by the build. */
	readonly queryFolder: string;
	/** Globs as in the setting `files.exclude`. */
	readonly exclude?: readonly string[];
	/** Larger files aren't indexed. Bytes; 512 KiB without it. */
	readonly maxFileBytes?: number;
	/** How the editor reads the folder's files; UTF-8 without it. */
	readonly encodings?: FileEncodings;
	readonly logger?: Logger;
	/** `tagProcess.ts`, or the bundle made of it: a process that parses when there is much to read. */
	readonly tagProcess?: string;
}

/**
 * The index of a folder as it was left, in this thread. Nothing is read from the folder: `scan` does that.
 * Throws a UserError when the folder can't be read.
 */
export async function openRepositoryIndex(options: IndexOptions): Promise<RepositoryIndex> {
	const logger = options.logger ?? nullLogger;
	const root = await readableFolder(options.root);
	const encodings = options.encodings ?? utf8Files;
	const fingerprint = await fingerprintOf(options.queryFolder, encodings);
	const opened =
		options.storageFolder === undefined
			? undefined
			: await IndexStore.open(options.storageFolder, fingerprint, logger);
	const { grammarFiles, queryFolder, tagProcess } = options;
	const tags = new TagReader(new Grammars(grammarFiles), queryFolder);
	const processData = {
		runtime: grammarFiles.runtime,
		grammarFolder: grammarFiles.folder,
		queryFolder,
	};
	return new LocalRepositoryIndex(
		{
			root,
			exclude: options.exclude ?? [],
			maxFileBytes: options.maxFileBytes ?? 512 * 1024,
			encodings,
			tags,
			startParser:
				tagProcess === undefined
					? undefined
					: () =>
							new TagClient({
								startProcess: () => startTagProcess(tagProcess, processData),
								inThisThread: tags,
								logger,
							}),
			logger,
		},
		opened?.store,
		opened?.stored ?? { strings: [], files: [] },
	);
}

async function readableFolder(folder: string): Promise<string> {
	try {
		await access(folder, constants.R_OK | constants.X_OK);
		return await realpath(folder);
	} catch (error) {
		throw new UserError(
			"indexFolder",
			`${folder} can't be indexed because it can't be read; check that it exists.`,
			{ cause: error },
		);
	}
}

/** Changes with the queries, with how files are decoded and with what is made of them, so that no old answer outlives an update. */
async function fingerprintOf(queryFolder: string, encodings: FileEncodings): Promise<string> {
	const hash = createHash("sha256").update(`record ${recordVersion} ${JSON.stringify(encodings)}`);
	const folders = new Set(taggedLanguageIds.map((id) => tagLanguageOf(id)?.query ?? ""));
	for (const folder of [...folders].sort()) {
		hash.update(await readFile(path.join(queryFolder, folder, "tags.scm")));
	}
	return hash.digest("hex");
}
