import type { GateFigures } from "./gate.ts";
import { addLearned, type LearnedScore, type LearnedScores } from "./learnedScore.ts";
import type { CaseFigures, FimFigures } from "./runCases.ts";
import { withAll } from "./scoreModel.ts";
import { bitsPerByte, top1, type TextScore } from "./textScore.ts";
import { decimals, percent, textTable } from "./textTable.ts";

export type ByLanguage = Readonly<Record<string, number>>;

/** All that an evaluation found. Shares are in [0, 1]; only names that end in Percent are percentages. */
export interface EvaluationReport extends CaseFigures {
	readonly model: string;
	readonly quantization: string;
	readonly seed: number;
	/** UTF-8 bytes of text that were scored. */
	readonly scoredBytes: ByLanguage;
	readonly bitsPerByte: ByLanguage;
	/** Over all languages. */
	readonly top1: number;
	readonly top1ByLanguage: ByLanguage;
	/** Of an order-3 byte model on the same files. */
	readonly order3BitsPerByte: ByLanguage;
	/** The same tokens with what was learned mixed in. */
	readonly learned: {
		readonly cold: LearnedFigures;
		/** The other files of the package are known. */
		readonly warm: LearnedFigures;
	};
	/** 100 · (bits per byte − those of the compared model) / those of the compared model. */
	readonly int4LossPercent: number | null;
	readonly comparedWith: {
		readonly quantization: string;
		readonly bitsPerByte: ByLanguage;
	} | null;
}

export interface LearnedFigures {
	/** Of the same tokens as the others here, which are half of the sample. */
	readonly modelBitsPerByte: ByLanguage;
	readonly modelTop1: ByLanguage;
	readonly ngramBitsPerByte: ByLanguage;
	readonly mixedBitsPerByte: ByLanguage;
	readonly mixedTop1: ByLanguage;
}

export interface ReportInput {
	readonly model: string;
	readonly quantization: string;
	readonly seed: number;
	readonly scores: ReadonlyMap<string, TextScore>;
	readonly baseline: ReadonlyMap<string, TextScore>;
	readonly compared:
		{ readonly quantization: string; readonly scores: ReadonlyMap<string, TextScore> } | undefined;
	readonly learned: ReadonlyMap<string, LearnedScores>;
	readonly cases: CaseFigures;
}

export function reportOf(input: ReportInput): EvaluationReport {
	const scores = withAll(input.scores);
	const ownBits = valuesOf(scores, bitsPerByte);
	const { compared } = input;
	const comparedBits = compared && valuesOf(withAll(compared.scores), bitsPerByte);
	return {
		model: input.model,
		quantization: input.quantization,
		seed: input.seed,
		scoredBytes: valuesOf(scores, ({ bytes }) => bytes),
		bitsPerByte: ownBits,
		top1: valuesOf(scores, top1)["all"] ?? Number.NaN,
		top1ByLanguage: valuesOf(input.scores, top1),
		order3BitsPerByte: valuesOf(withAll(input.baseline), bitsPerByte),
		learned: learnedFigures(input.learned),
		...input.cases,
		int4LossPercent: comparedBits === undefined ? null : lossPercent(ownBits, comparedBits),
		comparedWith:
			compared === undefined || comparedBits === undefined
				? null
				: { quantization: compared.quantization, bitsPerByte: comparedBits },
	};
}

function learnedFigures(scores: ReadonlyMap<string, LearnedScores>): EvaluationReport["learned"] {
	const [first, ...others] = scores.values();
	const all = first && others.reduce(addLearned, first);
	const rows = [...(all === undefined ? [] : [["all", all] as const]), ...scores];
	const figures = (condition: "cold" | "warm"): LearnedFigures => {
		const by = (valueOf: (score: LearnedScore) => number): ByLanguage =>
			Object.fromEntries(rows.map(([language, each]) => [language, valueOf(each[condition])]));
		return {
			modelBitsPerByte: by(({ model }) => bitsPerByte(model)),
			modelTop1: by(({ model }) => top1(model)),
			ngramBitsPerByte: by(({ ngrams }) => bitsPerByte(ngrams)),
			mixedBitsPerByte: by(({ mixed }) => bitsPerByte(mixed)),
			mixedTop1: by(({ mixed }) => top1(mixed)),
		};
	};
	return { cold: figures("cold"), warm: figures("warm") };
}

function lossPercent(own: ByLanguage, compared: ByLanguage): number {
	const reference = compared["all"] ?? Number.NaN;
	return (100 * ((own["all"] ?? Number.NaN) - reference)) / reference;
}

function valuesOf(
	scores: ReadonlyMap<string, TextScore>,
	valueOf: (score: TextScore) => number,
): ByLanguage {
	return Object.fromEntries([...scores].map(([language, score]) => [language, valueOf(score)]));
}

export function reportTable(report: EvaluationReport): string {
	const sections = [
		[`${report.model}, ${report.quantization}, seed ${report.seed}`],
		textRows(report),
		learnedRows(report),
		fimRows(report),
		gateRows(report),
		reliabilityRows(report),
		draftRows(report),
	];
	return sections.map((rows) => `${rows.join("\n")}\n`).join("\n");
}

function textRows(report: EvaluationReport): readonly string[] {
	const languages = Object.keys(report.bitsPerByte);
	const compared = report.comparedWith;
	const head = ["Held-out text", "bytes", "bits/byte", "top-1", "order 3"];
	const rows = languages.map((language) => [
		language,
		String(report.scoredBytes[language] ?? 0),
		decimals(report.bitsPerByte[language]),
		percent(language === "all" ? report.top1 : report.top1ByLanguage[language]),
		decimals(report.order3BitsPerByte[language]),
		...(compared === null ? [] : [decimals(compared.bitsPerByte[language])]),
	]);
	const loss = report.int4LossPercent;
	return [
		...textTable([[...head, ...(compared === null ? [] : [compared.quantization])], ...rows]),
		...(loss === null
			? []
			: [`Loss against ${compared?.quantization ?? ""}: ${loss.toFixed(2)} %`]),
	];
}

function learnedRows({ bitsPerByte: own, learned }: EvaluationReport): readonly string[] {
	const { cold, warm } = learned;
	return textTable([
		[
			"Learned",
			"model",
			"n-grams",
			"mixed",
			"n-grams, warm",
			"mixed, warm",
			"top-1",
			"mixed",
			"mixed, warm",
		],
		...Object.keys(own).map((language) => [
			language,
			decimals(cold.modelBitsPerByte[language]),
			decimals(cold.ngramBitsPerByte[language]),
			decimals(cold.mixedBitsPerByte[language]),
			decimals(warm.ngramBitsPerByte[language]),
			decimals(warm.mixedBitsPerByte[language]),
			percent(cold.modelTop1[language]),
			percent(cold.mixedTop1[language]),
			percent(warm.mixedTop1[language]),
		]),
	]);
}

function reliabilityRows({ reliability }: EvaluationReport): readonly string[] {
	return textTable([
		["Reliability of lines", "answers", "probability", "right"],
		...reliability.map(({ from, to, answers, meanProbability, right }) => [
			`${from.toFixed(1)} – ${to.toFixed(1)}`,
			String(answers),
			percent(meanProbability ?? undefined),
			percent(right ?? undefined),
		]),
	]);
}

function fimRows(report: EvaluationReport): readonly string[] {
	const rows = (figures: Readonly<Record<string, FimFigures>>, what: string): string[][] =>
		Object.entries(figures).map(([kind, each]) => [
			`${kind}, ${what}`,
			String(each.cases),
			percent(each.exactMatch),
			percent(each.firstLineMatch),
			percent(each.editSimilarity),
		]);
	return textTable([
		["Fill in the middle", "cases", "exact", "first line", "edit similarity"],
		...rows(report.fimPrefixOnly, "prefix only"),
		...rows(report.fim, "with suffix"),
		...rows(report.fimAdaptedCold, "adapted, cold"),
		...rows(report.fimAdapted, "adapted, warm"),
		...rows(report.fimWithContext, "with repository context"),
		...rows(report.fimAdaptedWithContext, "adapted, with context"),
	]);
}

function gateRows({ gate, gateOfModel }: EvaluationReport): readonly string[] {
	const rows = (figures: readonly GateFigures[], what: string): string[][] =>
		figures.map(({ threshold, shown, right, meanCharacters }) => [
			`${threshold}, ${what}`,
			percent(shown),
			percent(right ?? undefined),
			decimals(meanCharacters ?? undefined, 1),
		]);
	return textTable([
		["Gate, whole pipeline", "shown", "right", "characters"],
		...rows(gateOfModel, "model alone"),
		...rows(gate, "adapted, with context"),
	]);
}

function draftRows({ drafters }: EvaluationReport): readonly string[] {
	return textTable([
		["Drafter", "accepted", "tokens/pass", "drafted"],
		...Object.entries(drafters).map(([name, figures]) => [
			name,
			percent(figures.acceptance ?? undefined),
			decimals(figures.tokensPerPass ?? undefined, 2),
			String(figures.draftedTokens),
		]),
	]);
}
