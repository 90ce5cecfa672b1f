import { yieldToEventLoop } from "../base/abort.ts";
import { systemClock, type Clock } from "../base/clock.ts";
import type { IndexQueries } from "./index/repositoryIndex.ts";
import { RecentParts } from "./packing/recentParts.ts";
import { SignatureUnits } from "./packing/signatureUnits.ts";
import { packParts } from "./packing/stableParts.ts";
import { definitionLinesOf, textUnits } from "./packing/textUnits.ts";
import { likelyNames } from "./ranking/likelyNames.ts";
import { nameWorths } from "./ranking/nameWorths.ts";
import type { ContextPiece } from "./piece.ts";
import { remembered } from "./remembered.ts";
import { maxBudgetTokens, minBudgetTokens, type ContextQuery } from "./source.ts";
import { cursorScope } from "./sources/cursorScope.ts";
import { gatherNames, type GatherLimits } from "./sources/gatherNames.ts";
import { RememberedRepository } from "./sources/rememberedRepository.ts";
import { noHistory, type FileHistory } from "./sources/fileHistory.ts";
import type { TokenCounts } from "./tokenCounts.ts";
import { workingSetUnits } from "./sources/workingSet.ts";
import { repositoryMapUnits } from "./repositoryMap/repositoryMapUnits.ts";

export interface ContextEngineOptions extends TokenCounts {
	readonly index: IndexQueries;
	/** Which files change together. Takes long to read: until it is there, none are known to. */
	readonly history?: Promise<FileHistory>;
	/** Whether other documents in the editor are looked at. Off: measured elsewhere, it lost. */
	readonly usesOpenFiles?: boolean;
	readonly clock?: Clock;
}

/** Finds what a place in a document needs from the rest of its repository. API boundary of src/context. */
export interface ContextEngine {
	/** Never rejects for an abort: what was collected until then is nothing, and `isAborted` says so. */
	collect(query: ContextQuery, signal: AbortSignal): Promise<CollectedContext>;
}

/** Plain data: it crosses threads. */
export interface CollectedContext {
	/** In the order of the prompt: the stable part before the volatile one, the most relevant last in each. */
	readonly pieces: readonly ContextPiece[];
	/** How many of the pieces, from the first on, are the stable part. */
	readonly stablePieces: number;
	/** For `previous` of the next query; undefined when there is nothing to keep. */
	readonly answer: number | undefined;
	readonly statistics: ContextStatistics;
}

export interface ContextStatistics {
	readonly isAborted: boolean;
	/** Of all pieces with their headers; at most the budget. */
	readonly tokens: number;
	/** Tokens from the first piece on that are the same as last time. */
	readonly unchangedTokens: number;
	/** Names that were weighed, and units that could be taken. */
	readonly candidateNames: number;
	readonly candidateUnits: number;
	readonly elapsedMs: number;
}

const nothing = { pieces: [], stablePieces: 0, answer: undefined } as const;

/** What is known of a repository that can't be asked. */
export const noContext: CollectedContext = {
	...nothing,
	statistics: {
		isAborted: true,
		tokens: 0,
		unchangedTokens: 0,
		candidateNames: 0,
		candidateUnits: 0,
		elapsedMs: 0,
	},
};

export function createContextEngine(options: ContextEngineOptions): ContextEngine {
	const { index, clock = systemClock, usesOpenFiles = false } = options;
	let history = noHistory;
	// A source that is late is left out: no query waits for it.
	void options.history?.then((read) => {
		history = read;
	});
	const countUnit = remembered(options.countTokens, maxCounts);
	const countTokens = (text: string): number =>
		text.length <= maxCountedLength ? countUnit(text) : options.countTokens(text);
	const repository = new RememberedRepository(index);
	const recentParts = new RecentParts(index);
	const signatureUnits = new SignatureUnits(index);
	const headerTokens = remembered(options.headerTokens, maxCounts);
	return {
		async collect(query, signal) {
			const start = clock.now();
			const budgetTokens = Math.min(maxBudgetTokens, Math.max(minBudgetTokens, query.budgetTokens));
			let candidateNames = 0;
			let candidateUnits = 0;
			const statistics = (
				isAborted: boolean,
				tokens = 0,
				unchangedTokens = 0,
			): ContextStatistics => ({
				isAborted,
				tokens,
				unchangedTokens,
				candidateNames,
				candidateUnits,
				elapsedMs: clock.now() - start,
			});
			const aborted = (): CollectedContext => ({ ...nothing, statistics: statistics(true) });
			// A newer query aborts this one with a message that waits while this thread is busy.
			const isAborted = async (): Promise<boolean> => {
				await yieldToEventLoop();
				return signal.aborted;
			};
			if (signal.aborted) {
				return aborted();
			}
			const scope = cursorScope(query);
			const changedTogether = history.changedWith(query.path);
			const gathered = gatherNames(repository, scope, gatherLimits(budgetTokens), changedTogether);
			candidateNames = gathered.names.size;
			if (await isAborted()) {
				return aborted();
			}
			const likely = likelyNames(scope, gathered.names);
			const signatures = signatureUnits.ofLikely(likely, gathered, signatureLimit(budgetTokens));
			const units = [
				...signatures,
				...textUnits(gathered.chunks, definitionLinesOf(likely, gathered.chunks)),
				...workingSetUnits(index, query, usesOpenFiles),
				...(budgetTokens >= mapBudget
					? repositoryMapUnits(index, scope, gathered, budgetTokens, signatures, signatureUnits)
					: []),
			];
			candidateUnits = units.length;
			if (await isAborted()) {
				return aborted();
			}
			const packed = packParts(
				units,
				{ names: nameWorths(likely, scope), countTokens, headerTokens, budgetTokens },
				query.previous === undefined ? undefined : recentParts.get(query.previous),
				index,
				query.path,
			);
			const { pieces, stablePieces, parts } = packed;
			return {
				pieces,
				stablePieces,
				answer: recentParts.add(parts),
				statistics: statistics(false, packed.tokens, packed.unchangedTokens),
			};
		},
	};
}

/** Texts whose tokens are remembered: signatures and lines come again with every keystroke, long pieces change. */
const maxCounts = 50_000;
const maxCountedLength = 600;

/** From here on there is room for a map of the repository beside what the cursor's place needs. */
const mapBudget = 16_000;

/** As many chunks as would fill the budget by themselves several times. */
function gatherLimits(budgetTokens: number): GatherLimits {
	return {
		chunks: Math.min(1_200, 50 + Math.floor(budgetTokens / 120)),
		relatedSymbols: budgetTokens >= mapBudget ? 8_000 : 1_200,
	};
}

/** Signatures have about 15 tokens; more are offered than fit. */
function signatureLimit(budgetTokens: number): number {
	return Math.max(120, Math.floor(budgetTokens / (budgetTokens >= mapBudget ? 6 : 11)));
}
