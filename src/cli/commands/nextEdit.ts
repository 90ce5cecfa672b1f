import { parseArgs } from "node:util";
import { ModelJudge } from "../../nextEdit/judge/modelJudge.ts";
import { numberOption, usageError, type Command } from "../command.ts";
import { openLocalCore } from "../core.ts";
import { defaultModel, modelFolderOf, userCacheFolder } from "../defaults.ts";
import { serveNextEdits } from "../nextEditServe.ts";

export const nextEditCommand: Command = {
	summary: "answers with the edit that follows from those made in a file",
	usage: `mote next-edit --serve [--judge] [--model <model>] [--threads <n>]

Answers one JSON a line until the input ends: {file, content, edits: [{line, old, new}]} gets {edit: {line, old, new}},
or {edit: null} where nothing is likely enough. Lines count from 0; content is the file with the edits made, each of
which says where its new lines stand in it, the newest last. No model is loaded without --judge.

  --judge        asks a model how likely the lines are with the likeliest edits and without them
  --model        base or nano, which ship, or a folder as mote import writes it (${defaultModel})`,

	async run(args) {
		const { values } = parseArgs({
			args: [...args],
			options: {
				serve: { type: "boolean", default: false },
				judge: { type: "boolean", default: false },
				model: { type: "string", default: defaultModel },
				threads: { type: "string" },
			},
		});
		if (!values.serve) {
			throw usageError("mote next-edit takes --serve.");
		}
		if (!values.judge) {
			await serveNextEdits(process.stdin, process.stdout);
			return 0;
		}
		const threads = Math.floor(
			numberOption("threads", values.threads, { min: 0, max: 1024, fallback: 0 }),
		);
		await using core = await openLocalCore({
			modelFolder: modelFolderOf(values.model),
			threads: threads || undefined,
			cacheFolder: userCacheFolder,
		});
		await serveNextEdits(process.stdin, process.stdout, new ModelJudge(core));
		return 0;
	},
};
