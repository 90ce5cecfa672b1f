import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { nullLogger } from "../../base/log.ts";
import { openRepositoryIndex } from "../../context/index/openRepositoryIndex.ts";
import type { IndexStats, ScanSummary } from "../../context/index/repositoryIndex.ts";
import { usageError, type Command } from "../command.ts";
import { grammarFiles, queryFolder, tagProcess } from "../defaults.ts";
import { createProgressBar } from "../progressBar.ts";

export const indexStatsCommand: Command = {
	summary: "indexes a folder and says what the index holds",
	usage: `mote index-stats <folder> [--storage <folder>] [--exclude <glob>]... [--json]

Reads every file that the editor would index (.gitignore counts, secrets don't) and prints what was found.

  --storage   keep the index there, so that the next run reads only what changed; else it is thrown away
  --exclude   leave out paths that match, as the setting files.exclude does; may be given several times
  --json      print one object of JSON`,

	async run(args) {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				storage: { type: "string" },
				exclude: { type: "string", multiple: true, default: [] },
				json: { type: "boolean", default: false },
			},
		});
		const [root] = positionals;
		if (root === undefined || positionals.length > 1) {
			throw usageError("mote index-stats takes one folder.");
		}
		await using storage = await storageFolder(values.storage);
		await using index = await openRepositoryIndex({
			root,
			storageFolder: storage.path,
			grammarFiles,
			queryFolder,
			tagProcess,
			exclude: values.exclude,
			logger: { ...nullLogger, warn: (message) => process.stderr.write(`${message}\n`) },
		});
		const interrupted = new AbortController();
		const abort = (): void => interrupted.abort();
		process.once("SIGINT", abort);
		const bar = createProgressBar(process.stderr, performance.now());
		const summary = await index.scan(interrupted.signal, (progress) =>
			bar.update(
				{
					done: progress.bytesDone,
					total: progress.bytesTotal,
					text: `${progress.filesDone} of ${progress.filesTotal} files`,
				},
				performance.now(),
			),
		);
		bar.finish();
		process.off("SIGINT", abort);
		const stats = index.stats();
		process.stdout.write(
			values.json ? `${JSON.stringify({ summary, stats })}\n` : describe(summary, stats),
		);
		return summary.aborted ? 1 : 0;
	},
};

/** A folder that is deleted afterwards where none is given. */
async function storageFolder(
	given: string | undefined,
): Promise<AsyncDisposable & { path: string }> {
	const folder = given ?? (await mkdtemp(path.join(tmpdir(), "mote-index-")));
	return {
		path: folder,
		[Symbol.asyncDispose]: async () => {
			if (given === undefined) {
				await rm(folder, { recursive: true, force: true });
			}
		},
	};
}

function describe(summary: ScanSummary, stats: IndexStats): string {
	const seconds = summary.elapsedMs / 1000;
	const rate = summary.bytes / 1e6 / Math.max(seconds, 0.001);
	const lines = [
		`indexed ${summary.indexed} files (${megabytes(summary.bytes)}) in ${seconds.toFixed(1)} s` +
			`${summary.bytes > 0 ? `, ${rate.toFixed(1)} MB/s` : ""}; ${summary.unchanged} unchanged, ` +
			`${summary.removed} removed, ${summary.skipped} passed over`,
		"",
		row("files", stats.files, megabytes(stats.bytes)),
		row("lines", stats.lines),
		row("symbols", stats.symbols),
		row("imports", stats.imports, `${stats.resolvedImports} of files in the folder`),
		row("names", stats.names),
		row("terms", stats.terms, `in ${stats.chunks} chunks`),
		row("database", megabytes(stats.databaseBytes)),
		row("memory", megabytes(process.memoryUsage().rss), "of this process"),
		"",
		...stats.languages.map(({ languageId, files, lines: count }) =>
			row(languageId, count, `lines in ${files} files`),
		),
	];
	return `${lines.join("\n")}\n`;
}

const row = (label: string, value: number | string, note = ""): string =>
	`${label.padEnd(18)} ${String(value).padStart(10)}  ${note}`.trimEnd();

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
