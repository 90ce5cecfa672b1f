import type { CompletionConfig, CompletionProvider } from "../completion/completionProvider.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { PromptPiece } from "../prompt/fim.ts";
import type { Answer, FimAnswering } from "./answering.ts";
import { draftFigures, type DraftFigures } from "./drafting.ts";
import { fimKinds, type FimCase, type FimKind } from "./fimCases.ts";
import { gateFigures, ghostAt, type GateFigures, type Ghost } from "./gate.ts";
import { truthOf } from "./hole.ts";
import type { PackageContext } from "./packageContext.ts";
import { reliabilityOf, type ReliabilityBin } from "./reliability.ts";
import { compare, type Similarity } from "./similarity.ts";

/** Thresholds of the joint-probability gate that are compared. */
export const gateThresholds = [0.3, 0.5, 0.7, 0.9] as const;

export interface CaseParts {
	readonly answering: FimAnswering;
	/** The same with an engine that drafts by looking into the prompt only. */
	readonly lookupAnswering: FimAnswering;
	/** Learned by both engines. */
	readonly packages: PackageContext;
	/** Pieces of other files for a case that was entered, as the pipeline collects them. */
	readonly piecesFor: (asked: FimCase) => Promise<readonly PromptPiece[]>;
	/** The pipeline; remembers its answers, so that every threshold needs one of its own. */
	readonly createProvider: () => CompletionProvider;
	readonly config: CompletionConfig;
	readonly onProgress: (done: number) => void;
}

/** What answers rest on, from least to most. */
const variants = {
	fimPrefixOnly: { suffix: false, adaptation: false, pieces: false, repository: false },
	fim: { suffix: true, adaptation: false, pieces: false, repository: false },
	fimAdaptedCold: { suffix: true, adaptation: true, pieces: false, repository: false },
	fimAdapted: { suffix: true, adaptation: true, pieces: false, repository: true },
	fimWithContext: { suffix: true, adaptation: false, pieces: true, repository: true },
	fimAdaptedWithContext: { suffix: true, adaptation: true, pieces: true, repository: true },
} as const;

type Variant = keyof typeof variants;

interface CaseResult {
	readonly kind: FimKind;
	readonly answers: Readonly<Record<Variant, Answer & { readonly similarity: Similarity }>>;
	/** Of `fimAdapted`, drafted by prompt lookup. */
	readonly lookup: GenerateStats;
	/** In the order of {@link gateThresholds}. */
	readonly ghosts: readonly Ghost[];
	readonly ghostsOfModel: readonly Ghost[];
}

export interface FimFigures {
	/** Shares of the cases, in [0, 1]. */
	readonly exactMatch: number;
	readonly firstLineMatch: number;
	/** Mean over the cases, in [0, 1]. */
	readonly editSimilarity: number;
	readonly cases: number;
}

type ByKind = Partial<Record<FimKind, FimFigures>>;

export interface CaseFigures extends Readonly<Record<Variant, ByKind>> {
	/** The pipeline as it ships: adapted, with context, the package known. */
	readonly gate: readonly GateFigures[];
	/** The pipeline with the model alone. */
	readonly gateOfModel: readonly GateFigures[];
	/** Of lines and rests of lines, adapted with context: how probable an answer was and how often right. */
	readonly reliability: readonly ReliabilityBin[];
	readonly drafters: {
		/** Prompt lookup for the model alone. */
		readonly ngram: DraftFigures;
		/** Prompt lookup for the mixture, and what was learned for the same. */
		readonly ngramAdapted: DraftFigures;
		readonly adaptive: DraftFigures;
	};
	/** Mean share of the answers' probability that came from counts, in [0, 1]. */
	readonly learnedShare: number;
}

/** Asks the model and the pipeline about every case. A kind without cases has no figures. */
export async function runCases(cases: readonly FimCase[], parts: CaseParts): Promise<CaseFigures> {
	const pipeline = gateThresholds.map((threshold) => ({
		provider: parts.createProvider(),
		config: { ...parts.config, debounceMs: 0, minJointProbability: threshold },
	}));
	const pipelineOfModel = pipeline.map(({ config }) => ({
		provider: parts.createProvider(),
		config: { ...config, adaptation: false, repositoryContext: false },
	}));
	const results: CaseResult[] = [];
	// A package is read once, whatever the order of the cases.
	const ordered = [...cases].sort((a, b) =>
		a.package < b.package ? -1 : a.package > b.package ? 1 : 0,
	);
	for (const asked of ordered) {
		await parts.packages.enter(asked);
		const pieces = await parts.piecesFor(asked);
		const truth = truthOf(asked);
		const answerOf = async (variant: Variant): Promise<CaseResult["answers"][Variant]> => {
			const given = variants[variant];
			const answer = await parts.answering.answer(asked, {
				...given,
				pieces: given.pieces ? pieces : [],
			});
			return { ...answer, similarity: compare(truth, answer.text) };
		};
		results.push({
			kind: asked.kind,
			// In this order the engine reads each prompt once.
			answers: {
				fimPrefixOnly: await answerOf("fimPrefixOnly"),
				fim: await answerOf("fim"),
				fimAdaptedCold: await answerOf("fimAdaptedCold"),
				fimAdapted: await answerOf("fimAdapted"),
				fimWithContext: await answerOf("fimWithContext"),
				fimAdaptedWithContext: await answerOf("fimAdaptedWithContext"),
			},
			lookup: (
				await parts.lookupAnswering.answer(asked, {
					...variants.fimAdapted,
					pieces: [],
				})
			).stats,
			ghosts: await ghostsOf(asked, pipeline),
			ghostsOfModel: await ghostsOf(asked, pipelineOfModel),
		});
		parts.onProgress(results.length);
	}
	for (const { provider } of [...pipeline, ...pipelineOfModel]) {
		provider.dispose();
	}
	return figuresOf(results);
}

async function ghostsOf(
	asked: FimCase,
	pipelines: readonly {
		readonly provider: CompletionProvider;
		readonly config: CompletionConfig;
	}[],
): Promise<readonly Ghost[]> {
	const ghosts: Ghost[] = [];
	for (const { provider, config } of pipelines) {
		ghosts.push(await ghostAt(asked, provider, config));
	}
	return ghosts;
}

function figuresOf(results: readonly CaseResult[]): CaseFigures {
	const fim = (variant: Variant): ByKind =>
		byKind(results, ({ answers }) => answers[variant].similarity);
	const gate = (ghostsIn: (result: CaseResult) => readonly Ghost[]): readonly GateFigures[] =>
		gateThresholds.map((threshold, index) =>
			gateFigures(
				threshold,
				results.map((result) => ghostsIn(result)[index]),
			),
		);
	const statsOf = (variant: Variant): readonly GenerateStats[] =>
		results.map(({ answers }) => answers[variant].stats);
	const shares = statsOf("fimAdaptedWithContext").map(
		({ adaptation }) => adaptation?.learnedShare ?? 0,
	);
	const lines = results.filter(({ kind }) => kind !== "multiLine");
	return {
		fimPrefixOnly: fim("fimPrefixOnly"),
		fim: fim("fim"),
		fimAdaptedCold: fim("fimAdaptedCold"),
		fimAdapted: fim("fimAdapted"),
		fimWithContext: fim("fimWithContext"),
		fimAdaptedWithContext: fim("fimAdaptedWithContext"),
		gate: gate(({ ghosts }) => ghosts),
		gateOfModel: gate(({ ghostsOfModel }) => ghostsOfModel),
		reliability: reliabilityOf(
			lines.map(({ answers: { fimAdaptedWithContext: answer } }) => ({
				probability: answer.jointProbability,
				isRight: answer.similarity.exactMatch,
			})),
		),
		drafters: {
			ngram: draftFigures(statsOf("fim")),
			ngramAdapted: draftFigures(results.map(({ lookup }) => lookup)),
			adaptive: draftFigures(statsOf("fimAdapted")),
		},
		learnedShare: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
	};
}

function byKind(
	results: readonly CaseResult[],
	similarityOf: (result: CaseResult) => Similarity,
): Partial<Record<FimKind, FimFigures>> {
	const figures: Partial<Record<FimKind, FimFigures>> = {};
	for (const kind of fimKinds) {
		const similarities = results.filter((result) => result.kind === kind).map(similarityOf);
		if (similarities.length > 0) {
			figures[kind] = fimFigures(similarities);
		}
	}
	return figures;
}

export function fimFigures(similarities: readonly Similarity[]): FimFigures {
	const mean = (valueOf: (similarity: Similarity) => number): number =>
		similarities.reduce((sum, similarity) => sum + valueOf(similarity), 0) / similarities.length;
	return {
		exactMatch: mean(({ exactMatch }) => (exactMatch ? 1 : 0)),
		firstLineMatch: mean(({ firstLineMatch }) => (firstLineMatch ? 1 : 0)),
		editSimilarity: mean(({ editSimilarity }) => editSimilarity),
		cases: similarities.length,
	};
}
