import { groupBy } from "../../base/groupBy.ts";
import { decimals, percent, textTable } from "../textTable.ts";
import {
	figuresOf,
	thresholds,
	thresholdsOfOthers,
	type NextEditFigures,
} from "./nextEditFigures.ts";
import type { RatedCase } from "./ratedCases.ts";

type Figures = Readonly<Record<string, NextEditFigures>>;

/** Of one way to rate candidates, with thresholds that were chosen on the other repositories where nothing else is said. */
export interface NextEditTables {
	readonly thresholds: Readonly<Record<string, number>>;
	readonly byKind: Figures;
	readonly byLanguage: Figures;
	readonly byRepository: Figures;
	/** Of the cases whose likeliest candidate is by the proposer, alone or with others. */
	readonly byProposer: Figures;
	/** The same for everybody; these thresholds saw the cases. */
	readonly byThreshold: Readonly<Record<string, Figures>>;
}

export interface NextEditReport {
	/** Of the judge; undefined without one. */
	readonly model: string | undefined;
	readonly cases: number;
	/** Cases in which any candidate is right. */
	readonly reachable: number;
	/** Candidates with a verdict. */
	readonly judgedCandidates: number;
	readonly gate: NextEditTables;
	readonly judge: NextEditTables | undefined;
}

export function tablesOf(cases: readonly RatedCase[]): NextEditTables {
	const chosen = thresholdsOfOthers(cases);
	const thresholdOf = ({ step }: RatedCase): number => chosen.get(step.repo) ?? 1;
	const grouped = (keyOf: (one: RatedCase) => string): Figures =>
		Object.fromEntries(
			[...groupBy(cases, keyOf)]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([key, some]) => [key, figuresOf(some, thresholdOf)]),
		);
	const proposers = [
		...new Set(cases.flatMap(({ candidates }) => candidates[0]?.proposers ?? [])),
	].sort();
	return {
		thresholds: Object.fromEntries(chosen),
		byKind: byKind(cases, thresholdOf),
		byLanguage: grouped(({ step }) => step.lang),
		byRepository: grouped(({ step }) => step.repo),
		byProposer: Object.fromEntries(
			proposers.map((name) => [
				name,
				figuresOf(
					cases.filter(({ candidates }) => candidates[0]?.proposers.includes(name)),
					thresholdOf,
				),
			]),
		),
		byThreshold: Object.fromEntries(
			thresholds
				.filter((_, i) => i % 4 === 2)
				.map((threshold) => [decimals(threshold, 2), byKind(cases, () => threshold)]),
		),
	};
}

function byKind(cases: readonly RatedCase[], thresholdOf: (one: RatedCase) => number): Figures {
	const ofKind = (kind: string): readonly RatedCase[] =>
		cases.filter(({ step }) => step.kind === kind);
	return {
		all: figuresOf(cases, thresholdOf),
		repeat: figuresOf(ofKind("repeat"), thresholdOf),
		other: figuresOf(ofKind("other"), thresholdOf),
	};
}

export function reportOf(
	rated: readonly RatedCase[],
	judged: readonly RatedCase[] | undefined,
	model: string | undefined,
): NextEditReport {
	return {
		model,
		cases: rated.length,
		reachable: rated.filter(({ isReachable }) => isReachable).length,
		judgedCandidates: (judged ?? [])
			.flatMap(({ candidates }) => candidates)
			.filter(({ verdict }) => verdict !== undefined).length,
		gate: tablesOf(rated),
		judge: judged && tablesOf(judged),
	};
}

export function nextEditTable(report: NextEditReport): string {
	const { cases, reachable, gate, judge, model } = report;
	const sections = [
		["without a judge", gate] as const,
		...(judge === undefined ? [] : [[`judged by ${model ?? "a model"}`, judge] as const]),
	].flatMap(([title, tables]) => [
		"",
		title,
		...textTable([
			["", "cases", "shown", "right", "recall"],
			...rowsOf("", tables.byKind),
			...rowsOf("in ", tables.byLanguage),
			...rowsOf("of ", tables.byRepository),
			...rowsOf("by ", tables.byProposer),
		]),
	]);
	return `${[`${cases} cases, of which ${reachable} can be reached`, ...sections].join("\n")}\n`;
}

function rowsOf(prefix: string, figures: Figures): readonly (readonly string[])[] {
	return Object.entries(figures).map(([name, { cases, shown, right, recall }]) => [
		prefix + name,
		String(cases),
		percent(shown),
		percent(right),
		percent(recall),
	]);
}
