import type { Clock } from "../../base/clock.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionRequest,
} from "../../completion/completionProvider.ts";
import type { GenerateStats } from "../../engine/engine.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { round, spreadOf, type Spread } from "./percentile.ts";
import type { Trace } from "./trace.ts";

/** What one call of the pipeline did: its outcome, and the engine's statistics when the engine was asked. */
export interface ObservedOutcome {
	readonly outcome: CompletionOutcome;
	readonly stats: GenerateStats | undefined;
}

export type Provide = (
	request: CompletionRequest,
	config: CompletionConfig,
) => Promise<ObservedOutcome & { readonly answeredAtMs: number }>;

export interface TypingReport {
	/** From the keystroke to ghost text, where the engine was asked and text was shown. */
	readonly keystrokeToGhostMs: Spread;
	/** From the keystroke to an answer of any kind, where the engine was asked. */
	readonly keystrokeToAnswerMs: Spread;
	/** Prompt tokens read for a keystroke, after each character typed forward that reached the engine. */
	readonly prefilledTokensPerKeystroke: Spread;
	/** The same over every edit that reached the engine: jumps, deletions, whole lines. */
	readonly prefilledTokensPerEdit: Spread;
	/** Forward passes for one generated token; below 1 where drafts were accepted. */
	readonly decodePassesPerToken: number;
	readonly keystrokes: number;
	readonly shown: number;
	/** Shown without asking the engine: from the cache or as typed. */
	readonly shownWithoutEngine: number;
}

/**
 * Replays typing through the whole pipeline, one keystroke after the other, and measures what the person
 * would wait. The debounce isn't counted: `config` turns it off.
 */
export async function replayTyping(
	traces: readonly Trace[],
	provide: Provide,
	config: CompletionConfig,
	clock: Clock,
): Promise<TypingReport> {
	const ghostMs: number[] = [];
	const answerMs: number[] = [];
	const prefilledForward: number[] = [];
	const prefilledAny: number[] = [];
	let keystrokes = 0;
	let shown = 0;
	let shownWithoutEngine = 0;
	let passes = 0;
	let generated = 0;
	for (const trace of traces) {
		for (const keystroke of trace.keystrokes) {
			keystrokes++;
			const startMs = clock.now();
			const { outcome, stats, answeredAtMs } = await provide(
				{
					path: trace.path,
					languageId: languageIdOfPath(trace.path),
					text: keystroke.text,
					offset: keystroke.offset,
					trigger: "automatic",
				},
				config,
			);
			const elapsedMs = answeredAtMs - startMs;
			const isShown = outcome.kind === "completion";
			shown += isShown ? 1 : 0;
			if (stats === undefined) {
				shownWithoutEngine += isShown ? 1 : 0;
				continue;
			}
			answerMs.push(elapsedMs);
			if (isShown) {
				ghostMs.push(elapsedMs);
			}
			prefilledAny.push(stats.prefilledTokens);
			if (keystroke.typedForward) {
				prefilledForward.push(stats.prefilledTokens);
			}
			passes += stats.decodePasses;
			generated += stats.generatedTokens;
		}
	}
	return {
		keystrokeToGhostMs: spreadOf(ghostMs),
		keystrokeToAnswerMs: spreadOf(answerMs),
		prefilledTokensPerKeystroke: spreadOf(prefilledForward),
		prefilledTokensPerEdit: spreadOf(prefilledAny),
		decodePassesPerToken: round(passes / generated),
		keystrokes,
		shown,
		shownWithoutEngine,
	};
}
