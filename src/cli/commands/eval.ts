import { readFile } from "node:fs/promises";
import { arch, availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../base/userError.ts";
import { LocalSyntax } from "../../context/syntax/localSyntax.ts";
import { createContextEngine } from "../../context/contextEngine.ts";
import { openRepositoryIndex } from "../../context/index/openRepositoryIndex.ts";
import { openOrtBackend } from "../../engine/ort/ortBackend.ts";
import { defaultThreads } from "../../engine/ort/sessionOptions.ts";
import { FimAnswering } from "../../evaluation/answering.ts";
import { scoreBaseline } from "../../evaluation/baseline.ts";
import { CorpusFile } from "../../evaluation/corpusFile.ts";
import { drawCases } from "../../evaluation/drawCases.ts";
import { reportJson, reportOf, reportTable } from "../../evaluation/report.ts";
import { PackageContext } from "../../evaluation/packageContext.ts";
import { scoreLearned, type LearnedScores } from "../../evaluation/learnedScore.ts";
import { runCases, type CaseFigures } from "../../evaluation/runCases.ts";
import { readSample, sampleOrder, type SampledText } from "../../evaluation/sampledTexts.ts";
import { scoreByLanguage } from "../../evaluation/scoreModel.ts";
import type { TextScore } from "../../evaluation/textScore.ts";
import { openModel, type ModelFolder } from "../../model/modelStore.ts";
import { createTokenizer } from "../../tokenizer/bpeTokenizer.ts";
import { promptBudget } from "../../prompt/promptBudget.ts";
import { defaultCompletionConfig } from "../../completion/defaultConfig.ts";
import { maxPiecesShare } from "../../prompt/fim.ts";
import { tokenCounts } from "../../context/tokenCounts.ts";
import { systemClock, type Clock } from "../../base/clock.ts";
import { numberOption, usageError, type Command } from "../command.ts";
import { openLocalCore } from "../core.ts";
import { bundledModelFolder, grammarFiles, queryFolder } from "../defaults.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";

/** Together about three minutes for the small bundled model on two cores. */
const defaultLimitBytes = 50_000;
const defaultCases = 150;

/** No pass takes any time by it, so drafts are as long as they can be, and figures the same on every machine. */
const standingClock: Clock = { ...systemClock, now: () => 0 };

export const evalCommand: Command = {
	summary: "measures how good a model is on held-out source files",
	usage: `mote eval --data <folder> [--model <folder>] [--compare <model folder>] [--json]
          [--limit-bytes <n>] [--cases <n>] [--seed <n>] [--threads <n>]

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
  --limit-bytes  of text scored in each language (${defaultLimitBytes}), at most an eighth of them from one file
  --cases        of each kind (${defaultCases})
  --seed         chooses files and places (1)`,

	async run(args) {
		const { values } = parseArgs({
			args: [...args],
			options: {
				data: { type: "string" },
				model: { type: "string", default: bundledModelFolder },
				compare: { type: "string" },
				json: { type: "boolean", default: false },
				"limit-bytes": { type: "string" },
				cases: { type: "string" },
				seed: { type: "string" },
				threads: { type: "string" },
			},
		});
		if (values.data === undefined) {
			throw usageError("mote eval takes --data, the work folder of the training pipeline.");
		}
		const whole = (name: "limit-bytes" | "cases" | "seed" | "threads", fallback: number): number =>
			Math.floor(numberOption(name, values[name], { min: 0, max: 2 ** 31, fallback }));
		const report = reportOf(
			await measure({
				dataFolder: values.data,
				modelFolder: values.model,
				comparedFolder: values.compare,
				limitBytes: whole("limit-bytes", defaultLimitBytes),
				casesPerKind: whole("cases", defaultCases),
				seed: whole("seed", 1),
				threads: whole("threads", 0) || defaultThreads(availableParallelism(), arch()),
			}),
		);
		process.stdout.write(values.json ? reportJson(report) : reportTable(report));
		return 0;
	},
};

interface MeasureOptions {
	readonly dataFolder: string;
	readonly modelFolder: string;
	readonly comparedFolder: string | undefined;
	readonly limitBytes: number;
	readonly casesPerKind: number;
	readonly seed: number;
	readonly threads: number;
}

async function measure(options: MeasureOptions): Promise<Parameters<typeof reportOf>[0]> {
	const { dataFolder, comparedFolder, seed } = options;
	await using validation = await CorpusFile.open(join(dataFolder, "corpus", "validation.rec"));
	await using training = await CorpusFile.open(join(dataFolder, "corpus", "train.rec"));
	const model = await openModel(options.modelFolder);
	const compared = comparedFolder === undefined ? undefined : await openModel(comparedFolder);
	if (compared !== undefined) {
		assertSameCheckpoint(model, compared);
	}
	const order = sampleOrder(validation, seed);
	const texts = await readSample(validation, order, options.limitBytes, seed);
	progress("order-3 byte model");
	const baseline = await scoreBaseline(texts, training, seed);
	const scores = await scoreFolder(texts, model, options.threads);
	const learned = await scoreLearnedFolder(options, texts, validation, model);
	const comparedScores = compared && (await scoreFolder(texts, compared, options.threads));
	return {
		model: model.manifest.name,
		quantization: model.manifest.quantization,
		seed,
		scores,
		learned,
		baseline,
		compared:
			compared && comparedScores
				? { quantization: compared.manifest.quantization, scores: comparedScores }
				: undefined,
		cases: await measureCases(options, validation, order),
	};
}

/** On half of the sample: every token is mixed twice. */
async function scoreLearnedFolder(
	{ threads, limitBytes }: MeasureOptions,
	texts: ReadonlyMap<string, readonly SampledText[]>,
	corpus: CorpusFile,
	{ manifest, graphPath, tokenizerPath }: ModelFolder,
): Promise<ReadonlyMap<string, LearnedScores>> {
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const backend = await openOrtBackend({ graphPath, manifest, threads });
	try {
		return await scoreLearned(
			limitSample(texts, limitBytes / 2),
			corpus,
			{ backend, tokenizer, manifest },
			(language) => progress(`learned, ${language}`),
		);
	} finally {
		await backend.dispose();
	}
}

function limitSample(
	texts: ReadonlyMap<string, readonly SampledText[]>,
	limitBytes: number,
): ReadonlyMap<string, readonly SampledText[]> {
	return new Map(
		[...texts].map(([language, files]) => {
			let bytes = 0;
			return [
				language,
				files.filter(({ text }) => {
					bytes += Buffer.byteLength(text);
					return bytes - Buffer.byteLength(text) < limitBytes;
				}),
			];
		}),
	);
}

function assertSameCheckpoint(model: ModelFolder, compared: ModelFolder): void {
	if (model.manifest.files.tokenizer.sha256 !== compared.manifest.files.tokenizer.sha256) {
		throw new UserError(
			"notComparable",
			"The model and the one to compare it with have different tokenizers; import both from one checkpoint.",
		);
	}
}

async function scoreFolder(
	texts: ReadonlyMap<string, readonly SampledText[]>,
	{ manifest, graphPath, tokenizerPath }: ModelFolder,
	threads: number,
): Promise<ReadonlyMap<string, TextScore>> {
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const backend = await openOrtBackend({ graphPath, manifest, threads });
	try {
		return await scoreByLanguage(texts, { backend, tokenizer, manifest }, (language) =>
			progress(`${manifest.quantization} bits per byte, ${language}`),
		);
	} finally {
		await backend.dispose();
	}
}

async function measureCases(
	{ modelFolder, threads, casesPerKind, seed }: MeasureOptions,
	file: CorpusFile,
	order: ReturnType<typeof sampleOrder>,
): Promise<CaseFigures> {
	// By a clock that stands still no graph is faster: nothing to remember.
	const options = { modelFolder, threads, cacheFolder: undefined };
	await using core = await openLocalCore(options, standingClock);
	await using lookupCore = await openLocalCore(
		{ ...options, drafter: "promptLookup" },
		standingClock,
	);
	const syntax = new LocalSyntax(grammarFiles);
	const cases = await drawCases({
		file,
		order,
		casesPerKind,
		seed,
		syntax,
		languageIdOf: languageIdOfPath,
	});
	await syntax.dispose();
	await using packages = new PackageContext({
		corpus: file,
		tokenizer: core.tokenizer,
		learners: [core.engine, lookupCore.engine],
		openIndex: (root) => openRepositoryIndex({ root, grammarFiles, queryFolder }),
		createCollector: (index) => {
			const context = createContextEngine({ index, ...tokenCounts(core.tokenizer) });
			return (query, signal) => context.collect(query, signal);
		},
	});
	const { collect } = packages;
	const budgetTokens = Math.floor(
		promptBudget(defaultCompletionConfig, core.manifest).maxPromptTokens * maxPiecesShare,
	);
	return await runCases(cases, {
		answering: new FimAnswering({ ...core, config: defaultCompletionConfig }),
		lookupAnswering: new FimAnswering({ ...lookupCore, config: defaultCompletionConfig }),
		packages,
		piecesFor: async ({ path, languageId, text, start, end }) => {
			const { pieces } = await collect(
				{
					path,
					languageId,
					text: text.slice(0, start) + text.slice(end),
					offset: start,
					recentEdits: [],
					openFiles: [],
					budgetTokens,
				},
				new AbortController().signal,
			);
			return pieces;
		},
		createProvider: () => core.createProvider({ collectContext: collect }),
		config: defaultCompletionConfig,
		onProgress: (done) => {
			if (done % 50 === 0 || done === cases.length) {
				progress(`${done} of ${cases.length} cases`);
			}
		},
	});
}

function progress(message: string): void {
	process.stderr.write(`${message}\n`);
}
