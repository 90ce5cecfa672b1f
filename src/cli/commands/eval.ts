import { arch, availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { defaultThreads } from "../../engine/ort/sessionOptions.ts";
import { reportOf, reportTable } from "../../evaluation/report.ts";
import {
	humanEvalDefinitions,
	humanEvalTable,
} from "../../evaluation/humanEval/humanEvalReport.ts";
import { humanEvalKinds } from "../../evaluation/humanEval/problems.ts";
import { nextEditTable } from "../../evaluation/nextEdit/nextEditReport.ts";
import { figuresJson } from "../../evaluation/textTable.ts";
import {
	typingConditionNames,
	typingConditions,
	typingDefinitions,
	typingTable,
} from "../../evaluation/typing/typingReport.ts";
import { numberOption, usageError, type Command } from "../command.ts";
import { defaultModel, modelFolderOf } from "../defaults.ts";
import { measureHumanEval } from "../evaluation/measureHumanEval.ts";
import { measureModel } from "../evaluation/measureModel.ts";
import { measureNextEdits } from "../evaluation/measureNextEdits.ts";
import { measureTyping } from "../evaluation/measureTyping.ts";

/** Together about three minutes for the small bundled model on two cores. */
const defaultLimitBytes = 50_000;
const defaultCases = 300;

/** Of each language: both conditions take about five minutes with a model of 30M active parameters on two idle cores. */
const defaultPlaces = 16;
const defaultLanguages = "typescript,javascript,python,go,rust";
const defaultConditions = "warm,cold";

export const evalCommand: Command = {
	summary: "measures how good a model is on held-out source files",
	usage: `mote eval --data <folder> [--model <model>] [--compare <model folder>] [--json]
          [--limit-bytes <n>] [--cases <n>] [--seed <n>] [--threads <n>]
mote eval --typing --data <folder> [--model <folder>] [--json] [--places <n>] [--languages <a,b,…>]
          [--conditions <a,b,…>] [--inside] [--ghosts <file>] [--seed <n>] [--threads <n>]
mote eval --next-edits <file,…> [--judge] [--model <folder>] [--json] [--candidates <file>] [--threads <n>]
mote eval --humaneval [--model <folder>] [--json] [--problems <n>] [--kinds <a,b,…>] [--answers <file>]
          [--seed <n>] [--threads <n>]

Reads corpus/validation.rec and corpus/train.rec of a training work folder and prints, or with --json writes
as one JSON object:

  bits per byte  −log₂ of the probability of the text of held-out files, over its UTF-8 bytes, by language;
                 "all" is the sum over all sampled files. Files are cut into windows of the context that the
                 model was trained with, each behind the file's path, which does not count. top-1 is the
                 share of tokens that had the highest probability.
  order 3        the same of an order-3 byte model (interpolated Witten-Bell), trained on at most 8 MB of
                 the language's training split
  fill in the    a piece of a held-out file is taken out and the model writes it again, greedily: the rest of
  middle         a line from a random column, a line, or a block of 2 to 5 lines. Asked for with the
                 completion's own prompt, token healing and engine, but without its stop rules, filters and
                 gate; the first two kinds until the line ends. Exact match and first line ignore outer
                 white space; edit similarity is 1 − Levenshtein distance / longer length.
  gate           the same places through the whole pipeline as while typing, for each threshold of the
                 joint probability: share of places where text is shown, share of the shown texts that are
                 right (a beginning of the missing text, or all of it), and their mean length
  drafter        with up to 8 drafted tokens in the cases above: share that the model accepted, and tokens
                 for one forward pass after prefill

Shares are printed in percent, and in JSON from 0 to 1, but for int4LossPercent.

  --compare      bits per byte of another import of the same checkpoint (--fp32) on the same windows;
                 the loss is 100 · (model − compared) / compared
  --model        base or nano, which ship, or a folder as mote import writes it (${defaultModel})
  --limit-bytes  of text scored in each language (${defaultLimitBytes}), at most an eighth of them from one file
  --cases        of each kind (${defaultCases})
  --seed         chooses files and places (1)

--typing types held-out code again, key by key, and takes what the pipeline shows when it is right:

${typingDefinitions}
  --conditions   what is known meanwhile (${defaultConditions}):
${Object.entries(typingConditions)
	.map(([name, { meaning }]) => `                 ${name.padEnd(8)} ${meaning}`)
	.join("\n")}
  --places       of each language (${defaultPlaces}), at most one in a file, the same under every condition
  --languages    by the corpus' names (${defaultLanguages})
  --inside       types pieces inside lines instead, in front of what stands to the right
  --ghosts       writes every ghost that was seen into a file, one JSON a line

--next-edits asks for the edit that comes next in files in the middle of developers' commits, one JSON a line: {id, repo,
file, lang, kind, before, edits: [{line, old, new}], next}. Of the first file's cases: the share in which an edit is shown, of
these the share that is right (to the letter among the changes still to come), and right ones of all. Weights and
thresholds are those that were fitted and chosen on the other repositories, of all files.

  --judge        has --model judge the likeliest candidates, and prints both
  --candidates   writes the candidates of every case into a file, one JSON a line

--humaneval asks the model alone, with nothing learned and no other file, and runs what it writes:

${humanEvalDefinitions}
Programs run in a python3 process each, with limits of processor time, time and memory. On Linux, where the system allows
namespaces, they have no network and see no other process; Python's audit hooks refuse sockets, processes and every
change of a file on all systems. They can read files. That holds what a model writes, not a program made to break out.

  --kinds        ${humanEvalKinds.join(", ")} (all)
  --problems     of each kind, by chance (all)
  --answers      writes every answer and how its program ended into a file, one JSON a line`,

	async run(args) {
		const { values } = parseArgs({
			args: [...args],
			options: {
				data: { type: "string" },
				model: { type: "string", default: defaultModel },
				compare: { type: "string" },
				json: { type: "boolean", default: false },
				"limit-bytes": { type: "string" },
				cases: { type: "string" },
				seed: { type: "string" },
				threads: { type: "string" },
				typing: { type: "boolean", default: false },
				places: { type: "string" },
				languages: { type: "string", default: defaultLanguages },
				conditions: { type: "string", default: defaultConditions },
				inside: { type: "boolean", default: false },
				ghosts: { type: "string" },
				"next-edits": { type: "string" },
				judge: { type: "boolean", default: false },
				candidates: { type: "string" },
				humaneval: { type: "boolean", default: false },
				problems: { type: "string" },
				kinds: { type: "string", default: humanEvalKinds.join(",") },
				answers: { type: "string" },
			},
		});
		const whole = (
			name: "limit-bytes" | "cases" | "seed" | "threads" | "places" | "problems",
			fallback: number,
		): number => Math.floor(numberOption(name, values[name], { min: 0, max: 2 ** 31, fallback }));
		const common = {
			modelFolder: modelFolderOf(values.model),
			seed: whole("seed", 1),
			threads: whole("threads", 0) || defaultThreads(availableParallelism(), arch()),
		};
		const nextEdits = values["next-edits"];
		if (nextEdits !== undefined) {
			const report = await measureNextEdits({
				caseFiles: listOf(nextEdits),
				judgeFolder: values.judge ? common.modelFolder : undefined,
				candidatesFile: values.candidates,
				threads: common.threads,
			});
			process.stdout.write(values.json ? figuresJson(report) : nextEditTable(report));
			return 0;
		}
		if (values.humaneval) {
			const report = await measureHumanEval({
				...common,
				kinds: listOf(values.kinds).map((word) => oneOf("kinds", word, humanEvalKinds)),
				problemsPerKind: whole("problems", 0),
				answersFile: values.answers,
			});
			process.stdout.write(values.json ? figuresJson(report) : humanEvalTable(report));
			return 0;
		}
		if (values.data === undefined) {
			throw usageError("mote eval takes --data, the work folder of the training pipeline.");
		}
		const options = { ...common, dataFolder: values.data };
		if (values.typing) {
			const report = await measureTyping({
				...options,
				languages: listOf(values.languages),
				conditions: listOf(values.conditions).map((word) =>
					oneOf("conditions", word, typingConditionNames),
				),
				placesPerLanguage: whole("places", defaultPlaces),
				insideLines: values.inside,
				ghostsFile: values.ghosts,
			});
			process.stdout.write(values.json ? figuresJson(report) : typingTable(report));
			return 0;
		}
		const report = reportOf(
			await measureModel({
				...options,
				comparedFolder: values.compare,
				limitBytes: whole("limit-bytes", defaultLimitBytes),
				casesPerKind: whole("cases", defaultCases),
			}),
		);
		process.stdout.write(values.json ? figuresJson(report) : reportTable(report));
		return 0;
	},
};

function listOf(text: string): readonly string[] {
	return [...new Set(text.split(",").map((word) => word.trim()))].filter((word) => word !== "");
}

function oneOf<Name extends string>(option: string, word: string, names: readonly Name[]): Name {
	const name = names.find((known) => known === word);
	if (name === undefined) {
		throw usageError(`--${option} takes ${names.join(", ")}, not "${word}".`);
	}
	return name;
}
