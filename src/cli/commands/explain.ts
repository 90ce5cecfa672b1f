import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../base/clock.ts";
import { UserError } from "../../base/userError.ts";
import { explanationMarkdown } from "../../chat/explanation/explanationMarkdown.ts";
import { explain } from "../../context/explanation/explain.ts";
import { openRepositoryIndex } from "../../context/index/openRepositoryIndex.ts";
import { usageError, type Command } from "../command.ts";
import { grammarFiles, queryFolder, tagProcess } from "../defaults.ts";
import { parseLines } from "../location.ts";

export const explainCommand: Command = {
	summary: "says what the index of a repository knows about some lines, without a model",
	usage: `mote explain <file>:<line>[-<line>] [--repo <folder>] [--store <folder>]

Reads the repository and writes Markdown: what the lines declare or name, with signature and documentation, where
it is defined, who calls it, what it calls, and the tests that touch it. Lines count from 1.

  --repo    the repository's folder; without it the working directory
  --store   keeps the index in this folder; without it nothing is kept`,

	async run(args) {
		const { values, positionals } = parseArgs({
			args: [...args],
			options: { repo: { type: "string", default: "." }, store: { type: "string" } },
			allowPositionals: true,
		});
		const [place, ...others] = positionals;
		if (place === undefined || others.length > 0) {
			throw usageError("mote explain takes one place: <file>:<line> or <file>:<line>-<line>.");
		}
		const lines = parseLines(place);
		const file = path.relative(await realFolder(values.repo), await realFile(lines.file));
		if (file === "" || file.startsWith("..") || path.isAbsolute(file)) {
			throw new UserError(
				"badLocation",
				`${lines.file} isn't in ${path.resolve(values.repo)}; name its repository with --repo.`,
			);
		}
		await using index = await openRepositoryIndex({
			root: values.repo,
			grammarFiles,
			queryFolder,
			tagProcess,
			...(values.store === undefined ? {} : { storageFolder: values.store }),
		});
		const { signal } = new AbortController();
		await index.scan(signal);
		const indexed = file.replaceAll(path.sep, "/");
		const text = index.textOf(indexed, 0, Number.MAX_SAFE_INTEGER);
		if (text === undefined) {
			throw new UserError(
				"notIndexed",
				`${indexed} isn't indexed: it is ignored, generated, too large, no text, or may hold credentials.`,
			);
		}
		const lastLine = text.split("\n").length - 1;
		if (lines.startLine > lastLine) {
			throw new UserError("badLocation", `${indexed} has only ${lastLine + 1} lines.`);
		}
		const explanation = await explain(
			{
				kind: "code",
				path: indexed,
				text,
				startLine: lines.startLine,
				endLine: Math.min(lines.endLine, lastLine),
			},
			{ index, clock: systemClock },
			signal,
		);
		process.stdout.write(`${explanationMarkdown(explanation, { isComplete: true })}\n`);
		return 0;
	},
};

async function realFolder(folder: string): Promise<string> {
	try {
		return await realpath(folder);
	} catch (error) {
		throw new UserError("indexFolder", `${folder} can't be read; check that it exists.`, {
			cause: error,
		});
	}
}

/** Where a file that can be read is. */
async function realFile(file: string): Promise<string> {
	try {
		await readFile(file);
		return await realpath(file);
	} catch (error) {
		throw new UserError("badLocation", `${file} can't be read; check that it exists.`, {
			cause: error,
		});
	}
}
