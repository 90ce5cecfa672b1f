import type { CompletionConfig, CompletionProvider } from "../completion/completionProvider.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { FimAnswering } from "./answering.ts";
import { draftFigures, type DraftFigures } from "./drafting.ts";
import { fimKinds, truthOf, type FimCase, type FimKind } from "./fimCases.ts";
import { gateFigures, ghostAt, type GateFigures, type Ghost } from "./gate.ts";
import { compare, type Similarity } from "./similarity.ts";

/** Thresholds of the joint-probability gate that are compared. */
export const gateThresholds = [0.3, 0.5, 0.7, 0.9] as const;

export interface CaseParts {
	readonly answering: FimAnswering;
	/** The pipeline; remembers its answers, so that every threshold needs one of its own. */
	readonly createProvider: () => CompletionProvider;
	readonly config: CompletionConfig;
	readonly onProgress: (done: number) => void;
}

interface CaseResult {
	readonly kind: FimKind;
	readonly withSuffix: Similarity;
	readonly prefixOnly: Similarity;
	/** Of the answer with suffix. */
	readonly stats: GenerateStats;
	/** In the order of {@link gateThresholds}. */
	readonly ghosts: readonly Ghost[];
}

export interface FimFigures {
	/** Shares of the cases, in [0, 1]. */
	readonly exactMatch: number;
	readonly firstLineMatch: number;
	/** Mean over the cases, in [0, 1]. */
	readonly editSimilarity: number;
	readonly cases: number;
}

export interface CaseFigures {
	readonly fim: Partial<Record<FimKind, FimFigures>>;
	readonly fimPrefixOnly: Partial<Record<FimKind, FimFigures>>;
	readonly gate: readonly GateFigures[];
	readonly drafters: { readonly ngram: DraftFigures };
}

/** Asks the model and the pipeline about every case. A kind without cases has no figures. */
export async function runCases(cases: readonly FimCase[], parts: CaseParts): Promise<CaseFigures> {
	const providers = gateThresholds.map((threshold) => ({
		provider: parts.createProvider(),
		config: { ...parts.config, debounceMs: 0, minJointProbability: threshold },
	}));
	const results: CaseResult[] = [];
	for (const asked of cases) {
		// In this order the engine reads the prompt with suffix once.
		const withSuffix = await parts.answering.answer(asked, true);
		const ghosts: Ghost[] = [];
		for (const { provider, config } of providers) {
			ghosts.push(await ghostAt(asked, provider, config));
		}
		const prefixOnly = await parts.answering.answer(asked, false);
		const truth = truthOf(asked);
		results.push({
			kind: asked.kind,
			withSuffix: compare(truth, withSuffix.text),
			prefixOnly: compare(truth, prefixOnly.text),
			stats: withSuffix.stats,
			ghosts,
		});
		parts.onProgress(results.length);
	}
	for (const { provider } of providers) {
		provider.dispose();
	}
	return {
		fim: byKind(results, ({ withSuffix }) => withSuffix),
		fimPrefixOnly: byKind(results, ({ prefixOnly }) => prefixOnly),
		gate: gateThresholds.map((threshold, index) =>
			gateFigures(
				threshold,
				results.map(({ ghosts }) => ghosts[index]),
			),
		),
		drafters: { ngram: draftFigures(results.map(({ stats }) => stats)) },
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
