import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nullLogger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { LocalSyntax } from "../../context/syntax/localSyntax.ts";
import { defaultCompletionConfig } from "../../completion/defaultConfig.ts";
import type { Backend } from "../../engine/backend.ts";
import { openBackend } from "../../engine/openBackend.ts";
import { FimAnswering } from "../../evaluation/answering.ts";
import { scoreBaseline } from "../../evaluation/baseline.ts";
import { CorpusFile } from "../../evaluation/corpusFile.ts";
import { drawCases } from "../../evaluation/drawCases.ts";
import { withoutTruth } from "../../evaluation/hole.ts";
import { scoreLearned, type LearnedScores } from "../../evaluation/learnedScore.ts";
import type { reportOf } from "../../evaluation/report.ts";
import { runCases, type CaseFigures } from "../../evaluation/runCases.ts";
import { readSample, sampleOrder, type SampledText } from "../../evaluation/sampledTexts.ts";
import { scoreByLanguage } from "../../evaluation/scoreModel.ts";
import { stillClock } from "../../evaluation/stillClock.ts";
import type { TextScore } from "../../evaluation/textScore.ts";
import { openModel, type ModelFolder } from "../../model/modelStore.ts";
import { maxPiecesShare } from "../../prompt/fim.ts";
import { promptBudget } from "../../prompt/promptBudget.ts";
import { createTokenizer } from "../../tokenizer/bpeTokenizer.ts";
import { openLocalCore } from "../core.ts";
import { grammarFiles } from "../defaults.ts";
import { openPackages } from "./openPackages.ts";
import { progress } from "./progress.ts";

export interface MeasureOptions {
	readonly dataFolder: string;
	readonly modelFolder: string;
	readonly comparedFolder: string | undefined;
	readonly limitBytes: number;
	readonly casesPerKind: number;
	readonly seed: number;
	readonly threads: number;
}

/** Bits per byte, learned counts, cases and gate of one model. */
export async function measureModel(
	options: MeasureOptions,
): Promise<Parameters<typeof reportOf>[0]> {
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
	model: ModelFolder,
): Promise<ReadonlyMap<string, LearnedScores>> {
	const { manifest, tokenizerPath } = model;
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const backend = await openScoredBackend(model, threads);
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
	model: ModelFolder,
	threads: number,
): Promise<ReadonlyMap<string, TextScore>> {
	const { manifest, tokenizerPath } = model;
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const backend = await openScoredBackend(model, threads);
	try {
		return await scoreByLanguage(texts, { backend, tokenizer, manifest }, (language) =>
			progress(`${manifest.quantization} bits per byte, ${language}`),
		);
	} finally {
		await backend.dispose();
	}
}

/** What completions run on, so that what is scored is what ships. */
async function openScoredBackend(model: ModelFolder, threads: number): Promise<Backend> {
	const options = { clock: stillClock, cacheFolder: undefined, logger: nullLogger };
	const { backend, backendName } = await openBackend({ model, threads, ...options });
	progress(`${model.manifest.name}, ${model.manifest.quantization}: ${backendName}`);
	return backend;
}

async function measureCases(
	{ modelFolder, threads, casesPerKind, seed }: MeasureOptions,
	file: CorpusFile,
	order: ReturnType<typeof sampleOrder>,
): Promise<CaseFigures> {
	// By a clock that stands still no graph is faster: nothing to remember.
	const options = { modelFolder, threads, cacheFolder: undefined };
	await using core = await openLocalCore(options, stillClock);
	await using lookupCore = await openLocalCore({ ...options, drafter: "promptLookup" }, stillClock);
	const syntax = new LocalSyntax(grammarFiles);
	const draw = { file, order, seed, languageIdOf: languageIdOfPath };
	const cases = await drawCases(draw, casesPerKind, syntax);
	await syntax.dispose();
	const learners = [core.engine, lookupCore.engine];
	await using packages = openPackages(file, core.tokenizer, learners);
	const { collect } = packages;
	const budgetTokens = Math.floor(
		promptBudget(defaultCompletionConfig, core.manifest).maxPromptTokens * maxPiecesShare,
	);
	return await runCases(cases, {
		answering: new FimAnswering({ ...core, config: defaultCompletionConfig }),
		lookupAnswering: new FimAnswering({ ...lookupCore, config: defaultCompletionConfig }),
		packages,
		piecesFor: async (asked) => {
			const { path, languageId, start } = asked;
			const { pieces } = await collect(
				{
					path,
					languageId,
					text: withoutTruth(asked),
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
