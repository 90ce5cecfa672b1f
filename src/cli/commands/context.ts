import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { nullLogger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import { createContextEngine } from "../../context/contextEngine.ts";
import { openRepositoryIndex } from "../../context/index/openRepositoryIndex.ts";
import { readGitHistory } from "../../context/sources/gitHistory.ts";
import { openModel } from "../../model/modelStore.ts";
import { tokenCounts, type TokenCounts } from "../../context/tokenCounts.ts";
import { createTokenizer } from "../../tokenizer/bpeTokenizer.ts";
import { usageError, type Command } from "../command.ts";
import { protocolCount, serveContext } from "../contextServe.ts";
import { grammarFiles, queryFolder, tagProcess } from "../defaults.ts";

export const contextCommand: Command = {
	summary: "answers with the pieces of a repository that matter at a cursor",
	usage: `mote context --serve [--model <folder>] [--store <folder>]

Answers one JSON a line until the input ends: {"op":"index","repoDir"} reads a folder, and
{repoDir, file, line, column, tokenBudget, content, openFiles} gets {"snippets":[{file, startLine, endLine,
text, score, reason}]}, best first, lines from 0.

  --model   counts tokens as this model does; without it one for 3.6 characters, as the protocol does
  --store   keeps the index in this folder; without it nothing is kept`,

	async run(args) {
		const { values } = parseArgs({
			args: [...args],
			options: {
				serve: { type: "boolean", default: false },
				model: { type: "string" },
				store: { type: "string" },
			},
		});
		if (!values.serve) {
			throw usageError("mote context takes --serve.");
		}
		const count = values.model === undefined ? protocolCount : await modelCount(values.model);
		await serveContext(process.stdin, process.stdout, async (root) => {
			const index = await openRepositoryIndex({
				root,
				grammarFiles,
				queryFolder,
				tagProcess,
				...(values.store === undefined ? {} : { storageFolder: values.store }),
			});
			const history = readGitHistory(root, nullLogger, new AbortController().signal);
			return { index, engine: createContextEngine({ index, history, ...count }) };
		});
		return 0;
	},
};

async function modelCount(folder: string): Promise<TokenCounts> {
	const model = await openModel(folder, { verify: "sizes" });
	const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
	if (model.manifest.fim?.otherFile === undefined) {
		throw new UserError(
			"modelUnusable",
			`The model ${model.manifest.name} has no mark for other files; leave --model out.`,
		);
	}
	return tokenCounts(tokenizer);
}
